package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/access"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/connection"
)

var (
	//go:embed report.html.tmpl
	pageText string
	//go:embed report.css
	pageStyle string
	//go:embed report.js
	pageScript string

	pageTemplate = template.Must(template.New("report").Parse(pageText))

	// pagePolicy lets a browser run the page's own script and nothing else, whatever names hold: no other script, and no request.
	pagePolicy = fmt.Sprintf("default-src 'none'; script-src %s; style-src %s; base-uri 'none'; form-action 'none'", hashSource(pageScript), hashSource(pageStyle))
)

func hashSource(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// page is what the template shows. All but the data is readable without the script.
type page struct {
	Policy      string
	Style       template.CSS
	Script      template.JS
	API         string
	Filters     []string
	Active      int
	Inactive    int
	Subjects    int
	IDPGroups   int
	Permissions int
	Everything  []everything
	Gaps        []string
	Hidden      int
	GroupsNote  string
	Data        pageData
}

// everything is somebody who has everything, and the permissions that give it.
type everything struct{ Name, By string }

// pageData is what the script shows. The ways are not written: there may be many, and the script finds those of one cell in the graph.
type pageData struct {
	// Nodes are permissions and what lies between, in the order in which they are followed.
	Nodes []pageNode `json:"nodes"`
	// Columns are the permissions among them that are shown.
	Columns []int     `json:"columns"`
	Rows    []pageRow `json:"rows"`
	// OnlyThrough says that ways count if they lead through a node that is asked for.
	OnlyThrough bool `json:"only_through"`
	// Limit is how many ways are shown at first; negative for all.
	Limit int `json:"limit"`
}

type pageNode struct {
	node
	Everything bool  `json:"everything,omitzero"`
	Asked      bool  `json:"asked,omitzero"`
	To         []int `json:"to"`
}

type pageRow struct {
	holder
	To []int `json:"to"`
	// Has are indices in pageData.Columns.
	Has []int `json:"has"`
}

// writeHTML writes one file that needs no other.
func (r Report) writeHTML(out *writer) {
	p := page{
		Policy: pagePolicy, Style: template.CSS(pageStyle), Script: template.JS(pageScript), //nolint:gosec // These are files of this package.
		API: r.Graph.Generation.String(), Filters: r.filters(), Gaps: r.Graph.Gaps, Hidden: r.Graph.Hidden,
	}
	if r.Graph.Generation == connection.Gateway {
		p.GroupsNote = access.GroupsNote
	}
	p.Data = r.pageData(&p)
	if err := pageTemplate.Execute(out, p); err != nil && out.err == nil {
		out.err = err
	}
}

// filters says what the report leaves out.
func (r Report) filters() []string {
	var texts []string
	add := func(what string, names []string) {
		if len(names) > 0 {
			texts = append(texts, what+" "+strings.Join(names, ", "))
		}
	}
	add("users:", r.Users)
	add("permissions, and what gives everything:", r.Permissions)
	add("ways through the groups:", r.Groups)
	if r.EverythingOnly {
		texts = append(texts, "what gives everything")
	}
	if !r.DormantSince.IsZero() {
		texts = append(texts, "active users who have not logged in since "+r.DormantSince.Format(time.DateOnly))
	}
	return texts
}

// pageData collects the part of the graph that is on the ways of the report, so that the file tells nothing else, and counts for the summary.
func (r Report) pageData(p *page) pageData {
	all := r
	all.Limit = -1 // Every way must be in the file.
	parts := subgraph{nodes: map[*access.Node]bool{}, to: map[*access.Node]map[*access.Node]bool{}}
	var holders []*access.Holder
	has := map[*access.Holder][]*access.Node{}
	held := map[*access.Node]bool{}
	for h, found := range all.Rows() {
		holders = append(holders, h)
		for _, a := range found {
			has[h] = append(has[h], a.Permission)
			held[a.Permission] = true
			parts.add(h, a)
		}
		p.count(h, has[h])
	}
	everybody := len(r.Users)+len(r.Groups) == 0 && r.DormantSince.IsZero()
	var columns []*access.Node
	for _, permission := range r.Graph.Permissions {
		if held[permission] || everybody && r.shows(permission) { // That nobody has a permission is news only of everybody.
			columns = append(columns, permission)
			parts.nodes[permission] = true
		}
	}
	p.Permissions = len(columns)

	nodes := slices.SortedFunc(maps.Keys(parts.nodes), access.ByImportance)
	index := indices(nodes)
	data := pageData{Columns: index.of(columns), OnlyThrough: len(r.Groups) > 0, Limit: r.Limit}
	for _, n := range nodes {
		data.Nodes = append(data.Nodes, pageNode{nodeOf(n), n.IsEverything(), r.isGroup(n), index.of(parts.next(n))})
	}
	column := indices(columns)
	for _, h := range holders {
		data.Rows = append(data.Rows, pageRow{holderOf(h), index.of(parts.next(h.Node)), column.of(has[h])})
	}
	return data
}

// subgraph is a part of a graph.
type subgraph struct {
	nodes map[*access.Node]bool // but for holders
	to    map[*access.Node]map[*access.Node]bool
}

// add adds all that is on the ways to what a holder has.
func (s subgraph) add(h *access.Holder, a access.Access) {
	for _, way := range a.Ways {
		from := h.Node
		for _, n := range append(way, a.Permission) {
			if s.to[from] == nil {
				s.to[from] = map[*access.Node]bool{}
			}
			s.to[from][n], s.nodes[n] = true, true
			from = n
		}
	}
}

// next returns the nodes that a node leads to, in the order in which they are followed.
func (s subgraph) next(n *access.Node) []*access.Node {
	return slices.SortedFunc(maps.Keys(s.to[n]), access.ByImportance)
}

// nodeIndex are the places of nodes in a list.
type nodeIndex map[*access.Node]int

func indices(nodes []*access.Node) nodeIndex {
	index := nodeIndex{}
	for i, n := range nodes {
		index[n] = i
	}
	return index
}

// of returns the places of some nodes. It is never nil, which would be null in JSON.
func (index nodeIndex) of(nodes []*access.Node) []int {
	places := make([]int, len(nodes))
	for i, n := range nodes {
		places[i] = index[n]
	}
	return places
}

// count adds a row to the numbers of the summary.
func (p *page) count(h *access.Holder, has []*access.Node) {
	switch {
	case h.Kind == access.Subject:
		p.Subjects++
	case h.Kind == access.IDPGroup:
		p.IDPGroups++
	case h.Active:
		p.Active++
	default:
		p.Inactive++
	}
	var by []string
	for _, permission := range has {
		if permission.IsEverything() {
			by = append(by, permission.Name)
		}
	}
	if len(by) > 0 {
		p.Everything = append(p.Everything, everything{h.Name, strings.Join(by, ", ")})
	}
}

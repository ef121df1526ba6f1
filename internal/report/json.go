package report

import (
	"encoding/json"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/access"
)

// node is a node in JSON.
type node struct {
	Kind access.Kind `json:"kind"`
	ID   string      `json:"id"`
	Name string      `json:"name"`
}

// holder is a holder in JSON.
type holder struct {
	node
	Email  string `json:"email,omitzero"`
	Active bool   `json:"active"`
}

// permission is what somebody has, in JSON.
type permission struct {
	Permission node     `json:"permission"`
	Everything bool     `json:"everything"`
	WaysCount  int      `json:"ways_count"`
	Ways       [][]node `json:"ways"`
}

func nodeOf(n *access.Node) node { return node{n.Kind, n.ID, n.Name} }

func holderOf(h *access.Holder) holder { return holder{nodeOf(h.Node), h.Email, h.Active} }

func permissionOf(a access.Access) permission {
	p := permission{Permission: nodeOf(a.Permission), Everything: a.Permission.IsEverything(), WaysCount: a.Count, Ways: make([][]node, len(a.Ways))}
	for i, way := range a.Ways {
		p.Ways[i] = make([]node, len(way))
		for j, n := range way {
			p.Ways[i][j] = nodeOf(n)
		}
	}
	return p
}

// writeJSON writes one holder at a time, because a report may be large.
func (r Report) writeJSON(out *writer) {
	out.printf("{\n  \"format_version\": %q,\n  \"api\": %q,\n  \"holders\": [", FormatVersion, string(r.Graph.Generation))
	separator := "\n"
	for h, all := range r.Rows() {
		row := struct {
			holder
			Access []permission `json:"access"`
		}{holderOf(h), make([]permission, len(all))}
		for i, a := range all {
			row.Access[i] = permissionOf(a)
		}
		text, err := json.Marshal(row)
		if err != nil && out.err == nil {
			out.err = err
		}
		out.printf("%s    %s", separator, text)
		separator = ",\n"
	}
	out.printf("\n  ],\n  \"incomplete\": %s\n}\n", texts(r.Graph.Gaps))
}

// texts is a JSON list.
func texts(all []string) []byte {
	encoded, _ := json.Marshal(append([]string{}, all...)) //nolint:errchkjson // Strings always encode.
	return encoded
}

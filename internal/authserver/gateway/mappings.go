package gateway

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// GroupMapping says which group of an identity provider fills which local group, as the API answers it.
type GroupMapping struct {
	ID             string                    `json:"id"`
	TenantID       string                    `json:"tenant_id"`
	Issuer         string                    `json:"issuer"`
	IDPGroupPath   string                    `json:"idp_group_path"`
	LocalGroupName string                    `json:"local_group_name"`
	PolicyVersion  string                    `json:"policy_version"`
	CreatedBy      string                    `json:"created_by"` // a subject id
	CreatedAt      authserver.ZonedTimestamp `json:"created_at"`
	UpdatedAt      authserver.ZonedTimestamp `json:"updated_at"`
}

// policyVersion is the version of new mappings.
const policyVersion = "1"

// mappingIndexes are the indexes that keep mappings apart.
func (s *service) mappingIndexes() []*authserver.Index[GroupMapping] {
	key := func(m GroupMapping) string { return jsonKey(m.Issuer, m.IDPGroupPath, m.LocalGroupName) }
	switch s.behavior.MappingKey {
	case MappingKeyNone:
		return nil
	case MappingKeyPath:
		key = func(m GroupMapping) string { return jsonKey(m.Issuer, m.IDPGroupPath) }
	}
	return []*authserver.Index[GroupMapping]{authserver.NewIndex(key, s.duplicate("Group mapping"))}
}

// jsonKey is a text that differs for different texts.
func jsonKey(texts ...string) string { return string(authserver.Encode(texts)) }

// issuerOf is an issuer as mappings hold it.
func (s *service) issuerOf(issuer string) string {
	if s.behavior.IssuerTrimmed {
		return strings.TrimRight(issuer, "/")
	}
	return issuer
}

func (s *service) createMapping(in *call) (any, error) {
	body, err := in.Created()
	if err != nil {
		return nil, err
	}
	made := GroupMapping{TenantID: tenant, PolicyVersion: policyVersion, CreatedBy: in.caller.SubjectID}
	for _, field := range []struct {
		name    string
		into    *string
		longest int
	}{{"issuer", &made.Issuer, 2048}, {"idp_group_path", &made.IDPGroupPath, 2048}, {"local_group_name", &made.LocalGroupName, 255}} {
		body.Name(field.name, field.into)
		body.MaxLength(field.name, *field.into, field.longest)
	}
	if err := in.Refused(); err != nil {
		return nil, err
	}
	made.Issuer = s.issuerOf(made.Issuer)
	err = s.Store.Write(func() error {
		if err := s.provideGroup(made); err != nil {
			return err
		}
		made.ID, made.CreatedAt = authserver.NewID(), *s.now()
		made.UpdatedAt = made.CreatedAt
		return s.mappings.Put(made)
	})
	return made, err
}

// provideGroup sees to the local group of a new mapping, as far as that is asked for.
func (s *service) provideGroup(m GroupMapping) error {
	exists := slices.ContainsFunc(s.groups.All(), func(g filledGroup) bool { return g.Name == m.LocalGroupName })
	switch s.behavior.MappingGroups {
	case MappingGroupsRequired:
		if !exists {
			return authserver.Refuse(http.StatusNotFound, "Group not found")
		}
	case MappingGroupsCreated:
		if !exists {
			return s.groups.Put(filledGroup{Members: []string{}, Group: Group{
				ID: authserver.NewID(), TenantID: tenant, Name: m.LocalGroupName, ManagedBy: s.managedBy(), CreatedBy: m.CreatedBy,
				CreatedAt: *s.now(), UpdatedAt: *s.now(),
			}})
		}
	}
	return nil
}

// isMapped reports whether one of some mappings fills a group.
func isMapped(g Group, mappings []GroupMapping) bool {
	return slices.ContainsFunc(mappings, func(m GroupMapping) bool { return m.LocalGroupName == g.Name })
}

// groupAnswers are groups as the API answers them: a mapping may manage those that it fills.
func (s *service) groupAnswers(groups ...filledGroup) []Group {
	mappings, answers := s.mappings.SeeAll(), []Group{}
	for _, g := range groups {
		if isMapped(g.Group, mappings) {
			g.ManagedBy = cmp.Or(s.behavior.MappedManagedBy, g.ManagedBy)
		}
		answers = append(answers, g.Group)
	}
	return answers
}

func (s *service) listMappings(in *call) (any, error) {
	query, list := in.URL.Query(), []GroupMapping{}
	for _, m := range s.mappings.SeeAll() {
		if !query.Has("issuer") || m.Issuer == s.issuerOf(query.Get("issuer")) {
			list = append(list, m)
		}
	}
	return list, nil
}

func (s *service) getMapping(in *call) (any, error) {
	return s.mappings.See(in.PathValue("mapping_id"))
}

func (s *service) deleteMapping(in *call) (any, error) {
	id := in.PathValue("mapping_id")
	return nil, s.Store.Write(func() error {
		if err := s.mappings.Has(id); err != nil {
			return err
		}
		s.mappings.Remove(id)
		return nil
	})
}

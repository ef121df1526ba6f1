package gateway

import (
	"net/http"
	"slices"
	"strings"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// Group is a group as the API answers it.
type Group struct {
	ID          string                    `json:"id"`
	TenantID    string                    `json:"tenant_id"`
	Name        string                    `json:"name"`
	Description *string                   `json:"description"`
	ManagedBy   string                    `json:"managed_by"`
	CreatedBy   string                    `json:"created_by"` // a subject id
	CreatedAt   authserver.ZonedTimestamp `json:"created_at"`
	UpdatedAt   authserver.ZonedTimestamp `json:"updated_at"`
}

// filledGroup is a group and the user_ids of its members.
type filledGroup struct {
	Group
	Members []string `json:"members"`
}

// cascades are the values of cascade that delete a group with its members and grants.
var cascades = []string{"grants", "members", "true"}

func (s *service) createGroup(in *call) (any, error) {
	body, err := in.Created()
	if err != nil {
		return nil, err
	}
	created := filledGroup{Members: []string{}, Group: Group{TenantID: tenant, CreatedBy: in.caller.SubjectID, ManagedBy: s.managedBy()}}
	body.Name("name", &created.Name)
	body.MaxLength("name", created.Name, 255)
	body.OptionalText("description", &created.Description)
	if created.Description != nil {
		body.MaxLength("description", *created.Description, 4096)
	}
	if err := in.Refused(); err != nil {
		return nil, err
	}
	err = s.Store.Write(func() error {
		created.ID, created.CreatedAt = authserver.NewID(), authserver.ZonedTimestamp{Timestamp: s.Store.Timestamp()}
		created.UpdatedAt = created.CreatedAt
		return s.groups.Put(created)
	})
	return s.groupAnswers(created)[0], err
}

func (s *service) listGroups(*call) (any, error) {
	return s.groupAnswers(s.groups.SeeAll()...), nil
}

func (s *service) getGroup(in *call) (any, error) {
	found, err := s.groups.See(in.PathValue("group_id"))
	return s.groupAnswers(found)[0], err
}

func (s *service) deleteGroup(in *call) (any, error) {
	id, cascade := in.PathValue("group_id"), in.URL.Query().Get("cascade")
	return nil, s.Store.Write(func() error {
		found, err := s.groups.Get(id)
		switch {
		case err != nil:
			return err
		case cascade != "" && !slices.Contains(cascades, cascade):
			return authserver.Refuse(http.StatusBadRequest, "cascade must be one of %s", strings.Join(cascades, ", "))
		case cascade == "" && len(found.Members) > 0:
			if err := s.behavior.GroupDelete.Refuse("The group has members; delete it with cascade"); err != nil {
				return err
			}
		case cascade == "" && s.hasTuples(s.groupSubject(found.Group)):
			if err := s.behavior.GroupDelete.Refuse("The group has grants; delete it with cascade"); err != nil {
				return err
			}
		}
		s.groups.Remove(id)
		if cascade != "" {
			s.unrelateAll(func(t TupleData) bool { return t.subject() == s.groupSubject(found.Group) })
		}
		return nil
	})
}

func (s *service) listMembers(in *call) (any, error) {
	found, err := s.groups.See(in.PathValue("group_id"))
	return map[string][]string{"members": found.Members}, err
}

func (s *service) addMember(in *call) (any, error) {
	body, err := in.Created()
	if err != nil {
		return nil, err
	}
	var user string
	body.Name("user_id", &user)
	body.MaxLength("user_id", user, 255)
	if err := in.Refused(); err != nil {
		return nil, err
	}
	return nil, s.changeMembers(in, func(g *filledGroup) error {
		member, err := s.member(user)
		switch {
		case err != nil:
			return err
		case slices.Contains(g.Members, member):
			return s.behavior.AddTwice.Refuse("The user is already a member of this group")
		}
		g.Members = append(slices.Clip(g.Members), member) // clipped: earlier versions share the array
		return nil
	})
}

func (s *service) removeMember(in *call) (any, error) {
	user := in.PathValue("user_id")
	return nil, s.changeMembers(in, func(g *filledGroup) error {
		if member, err := s.member(user); err == nil {
			user = member
		}
		if !slices.Contains(g.Members, user) {
			return s.behavior.RemoveAbsent.Refuse("The user is not a member of this group")
		}
		g.Members = slices.DeleteFunc(slices.Clone(g.Members), func(other string) bool { return other == user })
		return nil
	})
}

// changeMembers changes the members of the group in the path.
func (s *service) changeMembers(in *call, change func(*filledGroup) error) error {
	return s.Store.Write(func() error {
		found, err := s.groups.Get(in.PathValue("group_id"))
		if err != nil {
			return err
		}
		if isMapped(found.Group, s.mappings.All()) {
			if err := s.behavior.MappedMembers.Refuse("A group mapping manages the members of this group"); err != nil {
				return err
			}
		}
		before := len(found.Members)
		if err := change(&found); err != nil || len(found.Members) == before {
			return err
		}
		return s.groups.Put(found)
	})
}

// member returns a user_id as it is stored, or refuses one of nobody.
func (s *service) member(user string) (string, error) {
	kind := s.behavior.MemberIDs
	if kind == "" || kind == MemberIDsAny {
		return user, nil
	}
	for _, a := range s.users.All() {
		switch {
		case a.Deleted:
		case kind != MemberIDsLocal && a.SubjectID == user, kind == MemberIDsLocal && a.ID == user:
			return user, nil
		case kind == MemberIDsEither && a.ID == user:
			return a.SubjectID, nil
		}
	}
	return "", s.notFound()
}

package gateway

import "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"

// Data is all that a server holds, but for secrets. Each slice is in the order of creation.
type Data struct {
	Users  []UserData
	Groups []GroupData
	PATs   []PAT
	Tuples []TupleData // grants included

	Workrooms []WorkroomData // deleted or not
	Mappings  []GroupMapping

	IdentityProviders []IdentityProviderData

	Subjects    []SubjectData // of local users those with attributes
	Attributes  []Attribute   // withdrawn or not
	Invitations []Invitation
}

// UserData is a user, deleted or not.
type UserData struct {
	User
	SubjectID     string
	LoginDisabled bool
}

// GroupData is a group and the user_ids of its members.
type GroupData struct {
	Group
	Members []string
}

func (s *service) snapshot() (data Data) {
	s.Store.Read(func() {
		copied := Data{
			Users: []UserData{}, Groups: []GroupData{}, PATs: []PAT{}, Tuples: s.tuples.All(), Workrooms: s.workrooms.All(),
			Mappings: s.mappings.All(), IdentityProviders: s.idps.All(), Subjects: []SubjectData{},
			Attributes: s.attributes.All(), Invitations: s.invitations.All(),
		}
		for _, a := range s.users.All() {
			copied.Users = append(copied.Users, UserData{s.answer(a), a.SubjectID, a.Disabled})
		}
		for _, g := range s.groups.All() {
			copied.Groups = append(copied.Groups, GroupData(g))
		}
		for _, subject := range s.subjects.All() {
			copied.Subjects = append(copied.Subjects, subject.SubjectData)
		}
		for _, p := range s.pats.All() {
			copied.PATs = append(copied.PATs, p.PAT)
		}
		authserver.DeepCopy(&data, copied)
	})
	return data
}

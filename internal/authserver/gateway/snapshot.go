package gateway

import "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"

// Data is all that a server holds, but for secrets. Each slice is in the order of creation.
type Data struct {
	Users []UserData
}

// UserData is a user, deleted or not.
type UserData struct {
	User
	SubjectID     string
	LoginDisabled bool
}

func (s *service) snapshot() (data Data) {
	s.Store.Read(func() {
		copied := Data{Users: []UserData{}}
		for _, a := range s.users.All() {
			copied.Users = append(copied.Users, UserData{s.answer(a), a.SubjectID, a.Disabled})
		}
		authserver.DeepCopy(&data, copied)
	})
	return data
}

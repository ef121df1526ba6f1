package user

import (
	"sync"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// accounts knows, during one plan or apply, which resource instances manage, destroy and adopt which users. As with
// assignments, whichever of two instances is planned second finds out what they do to each other.
type accounts struct {
	mu sync.Mutex
	// By id of the user, the instance that does so.
	kept, destroyed, adopting map[string]string
	// read are the users of instances that were read, by id; creating are the usernames of instances that are
	// planned to be created and adopt nobody.
	read     map[string]userModel
	creating map[string]bool
	// made and adopted are the users that this apply has created and taken over.
	made, adopted map[string]bool
	// deletedNames are the usernames of users that this apply has deleted.
	deletedNames map[string]bool
	// turns are for adoptions and destructions, by id of the user: the two must not overlap.
	turns directory.Turns

	// deleted are users that are planned to be deleted for good; deactivates says that other users are to be
	// deactivated instead from now on.
	deleted     []string
	deactivates bool
}

func newAccounts() *accounts {
	return &accounts{
		kept: map[string]string{}, destroyed: map[string]string{}, adopting: map[string]string{},
		made: map[string]bool{}, adopted: map[string]bool{}, deletedNames: map[string]bool{},
		read: map[string]userModel{}, creating: map[string]bool{},
	}
}

// noteRead notes a user that an instance has in the state.
func (a *accounts) noteRead(user userModel) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.read[user.ID.ValueString()] = user
}

// wasRead tells whether an instance has the user in the state.
func (a *accounts) wasRead(id string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, read := a.read[id]
	return read
}

// noteCreate notes the username of an instance that is planned to be created and adopts nobody. It returns a user who has
// the username in the state and keeps it when it is destroyed. Terraform plans a tainted instance as if it were new, so
// that user may be the instance's own.
func (a *accounts) noteCreate(username string) (deactivated userModel, taken bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.creating[username] = true
	for id, user := range a.read {
		if user.OnDestroy.ValueString() == onDestroyDeactivate && user.Username.ValueString() == username && a.kept[id] == "" {
			return user, true
		}
	}
	return userModel{}, false
}

// noteDestroy notes a planned destruction, and tells whether another instance is planned to adopt the user, or to be
// created with its username.
func (a *accounts) noteDestroy(instance string, user userModel) (adopted, wanted bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	id := user.ID.ValueString()
	delete(a.kept, id)
	a.destroyed[id] = instance
	return a.adopting[id] != "" && a.adopting[id] != instance, a.creating[user.Username.ValueString()]
}

// deletesForGood notes a user whose destruction deletes it, and tells whether other users are to be deactivated instead.
func (a *accounts) deletesForGood(user userModel) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if user.OnDestroy.ValueString() != onDestroyDelete {
		return false
	}
	a.deleted = append(a.deleted, label(user))
	return a.deactivates
}

// noteDeactivates notes that on_destroy becomes "deactivate" for a user, and returns the users that are deleted for good
// all the same, once.
func (a *accounts) noteDeactivates() (deleted []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.deactivates {
		return nil
	}
	a.deactivates = true
	return a.deleted
}

// noteKept notes an instance that has the user and keeps it, and tells whether another one is planned to adopt the user.
func (a *accounts) noteKept(instance string, user userModel) (adopted bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.kept[user.ID.ValueString()] = instance
	adopting := a.adopting[user.ID.ValueString()]
	return adopting != "" && adopting != instance
}

// What other instances do with a user that one wants to adopt.
type adoption int

const (
	free adoption = iota
	managed
	destroyed
)

// noteAdopt notes an instance that is planned to adopt the user.
func (a *accounts) noteAdopt(instance, id string) adoption {
	a.mu.Lock()
	defer a.mu.Unlock()
	other := a.adopting[id]
	a.adopting[id] = instance
	switch {
	case other != "" && other != instance, a.kept[id] != "" && a.kept[id] != instance:
		return managed
	case a.destroyed[id] != "" && a.destroyed[id] != instance:
		return destroyed
	}
	return free
}

func (a *accounts) noteMade(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.made[id] = true
}

// adopt takes the user over for one instance, unless this apply has created it or another instance manages it.
func (a *accounts) adopt(id string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.made[id] || a.adopted[id] || a.kept[id] != "" {
		return false
	}
	a.adopted[id] = true
	return true
}

func (a *accounts) noteDeleted(username string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.deletedNames[username] = true
}

// wasDeleted tells whether this apply has deleted a user with the username.
func (a *accounts) wasDeleted(username string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.deletedNames[username]
}

func (a *accounts) isAdopted(id string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.adopted[id]
}

// accounts are those of this run.
func (r *userResource) accounts() *accounts { return run.Shared(r.Run, newAccounts) }

package subject

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// values are the attributes of a configuration or a state, which were validated.
func values(text types.String) (map[string]any, error) {
	var all gateway.Values
	if text.ValueString() == "" {
		return map[string]any{}, nil
	}
	err := json.Unmarshal([]byte(text.ValueString()), &all)
	return all, err
}

// sameValues tells whether two texts are the same attributes to the server.
func sameValues(a, b types.String) bool {
	first, errA := values(a)
	second, errB := values(b)
	return errA == nil && errB == nil && directory.SameAttributes(first, second)
}

// create looks first, because the API takes over a subject that exists.
func create(ctx context.Context, in *run.Run, plan subjectModel, password string) (subjectModel, error) {
	username := plan.Username.ValueString()
	found, err := in.Gateway.Subjects.Get(ctx, username)
	switch {
	case err == nil && !plan.AdoptExisting.ValueBool():
		return subjectModel{}, framework.Advised(fmt.Errorf("the subject %q (%s) exists already", found.Username, found.ID), fmt.Sprintf(
			"The API would overwrite its attributes. To manage the existing one, import it (terraform import ADDRESS %s, or an import block), or set "+
				"adopt_existing = true.", found.ID))
	case err != nil && !errors.Is(err, client.ErrNotFound):
		return subjectModel{}, err
	}
	if plan.Attributes.IsUnknown() || plan.Attributes.IsNull() { // left out: those of a subject that is taken over stay
		plan.Attributes = types.StringValue(encode(found.Attributes))
	}
	put, err := write(ctx, in, username, found.Attributes, plan, password)
	if err != nil {
		return subjectModel{}, explained(err)
	}
	state := fromSubject(put, plan)
	if found.ID != "" {
		// With an error, there must be no state: Terraform would delete a user that it has only just taken over.
		if !sameValues(state.Attributes, plan.Attributes) {
			return subjectModel{}, fmt.Errorf("the subject %s exists, and the server did not take over its attributes as configured; import it to see what differs", put.ID)
		}
		in.TakeOver(plan.takeover())
	}
	return state, nil
}

// write makes the attributes as planned. Whether the server replaces them or adds to them is not documented: those that it
// keeps are emptied in a second call.
func write(ctx context.Context, in *run.Run, id string, before map[string]any, plan subjectModel, password string) (gateway.KeycloakUser, error) {
	wanted, err := values(plan.Attributes)
	if err != nil {
		return gateway.KeycloakUser{}, err
	}
	put, err := in.Gateway.Subjects.Put(ctx, id, gateway.SubjectPut{Attributes: wanted, Password: password})
	if err != nil || directory.SameAttributes(put.Attributes, wanted) {
		return put, err
	}
	emptied, kept := maps.Clone(wanted), []string{}
	for name := range put.Attributes {
		_, was := before[name]
		if _, stays := wanted[name]; was && !stays {
			emptied[name], kept = nil, append(kept, name)
		}
	}
	if len(kept) == 0 {
		return put, nil
	}
	again, err := in.Gateway.Subjects.Put(ctx, id, gateway.SubjectPut{Attributes: emptied})
	if err == nil && !directory.SameAttributes(again.Attributes, wanted) {
		err = errors.New("the server reported success, but has not removed the attributes")
	}
	if err != nil {
		slices.Sort(kept)
		return put, framework.Advised(err, fmt.Sprintf("The platform has set the attributes of the configuration, but the subject still has %s, too. Apply "+
			"again. If the platform cannot remove attributes, keep them in the configuration with a value that grants nothing.", strings.Join(kept, ", ")))
	}
	return again, nil
}

func read(ctx context.Context, in *run.Run, state subjectModel) (subjectModel, error) {
	found, err := in.Gateway.Subjects.Get(ctx, state.ID.ValueString())
	if err != nil {
		return subjectModel{}, err
	}
	return fromSubject(found, state), nil
}

func update(ctx context.Context, in *run.Run, plan, state subjectModel, password string) (subjectModel, error) {
	id := state.ID.ValueString()
	if sameValues(plan.Attributes, state.Attributes) && password == "" {
		return fromSubject(gateway.KeycloakUser{}, plan), nil
	}
	before, err := values(state.Attributes)
	if err != nil {
		return subjectModel{}, err
	}
	put, err := write(ctx, in, id, before, plan, password)
	if err != nil {
		return subjectModel{}, explained(err)
	}
	return fromSubject(put, plan), nil
}

func remove(ctx context.Context, in *run.Run, state subjectModel) error {
	return in.Gateway.Subjects.Delete(ctx, state.ID.ValueString(), state.CascadeGrants.ValueBool())
}

// idOf finds the id of the subject with an id or a username.
func idOf(ctx context.Context, in *run.Run, wanted string) (string, error) {
	found, err := in.Gateway.Subjects.Get(ctx, wanted)
	return found.ID, err
}

// fromSubject is the model with what the server has; nothing changed where it was not asked.
func fromSubject(found gateway.KeycloakUser, prior subjectModel) subjectModel {
	if found.ID == "" {
		return prior
	}
	prior.ID, prior.Username = types.StringValue(found.ID), framework.SameFold(prior.Username, found.Username)
	prior.CreatedAt = framework.Timestamp(found.CreatedAt)
	if text := types.StringValue(encode(found.Attributes)); prior.Attributes.IsUnknown() || prior.Attributes.IsNull() || !sameValues(prior.Attributes, text) {
		prior.Attributes = text
	}
	for _, flag := range []*types.Bool{&prior.AdoptExisting, &prior.CascadeGrants, &prior.DeletionProtection} {
		*flag = types.BoolValue(flag.ValueBool())
	}
	return prior
}

func encode(attributes map[string]any) string {
	if attributes == nil {
		return "{}"
	}
	data, err := json.Marshal(attributes)
	if err != nil { // They were decoded from JSON.
		return "{}"
	}
	return string(data)
}

// explained says what to do about an attribute that is not declared.
func explained(err error) error {
	if errors.Is(err, client.ErrAttributeUndeclared) {
		return framework.Advised(err, "The platform knows only attributes that were declared. Declare it with kamiwaza_attribute, and add that resource to "+
			"depends_on. The data source kamiwaza_attributes lists those that are declared.")
	}
	return err
}

func find(ctx context.Context, in *run.Run, wanted dataModel) (dataModel, error) {
	key := wanted.ID.ValueString()
	if wanted.ID.IsNull() {
		key = wanted.Username.ValueString()
	}
	found, err := in.Gateway.Subjects.Get(ctx, key)
	if err != nil {
		return wanted, framework.Offered(err, unsupported)
	}
	data := dataModel{
		ID: types.StringValue(found.ID), Username: types.StringValue(found.Username), Attributes: types.StringValue(encode(found.Attributes)),
		CreatedAt: framework.Timestamp(found.CreatedAt), Grants: []grantData{},
	}
	for _, grant := range found.Grants {
		data.Grants = append(data.Grants, grantData{
			Relation: types.StringValue(grant.Relation), ObjectNamespace: types.StringValue(grant.ObjectNamespace), ObjectID: types.StringValue(grant.ObjectID),
		})
	}
	return data, nil
}

// label names what a data source looks for.
func (m dataModel) label() string {
	if m.ID.IsNull() {
		return fmt.Sprintf("subject %q", m.Username.ValueString())
	}
	return "subject " + m.ID.ValueString()
}

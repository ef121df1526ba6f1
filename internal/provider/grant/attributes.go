package grant

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

const (
	subjectIDs = "For the namespace `user`, it is the subject id of the user (the attribute `subject_id` of `kamiwaza_user`); for `group`, the id of the " +
		"group; for `role`, the name of the platform role."
	objectIDs = "For datasets, it is the URN."
)

// subjectAttribute and objectAttribute are the two ends of a tuple or a grant.
func subjectAttribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Required:            true,
		MarkdownDescription: "Who has the relation. Changing it replaces the resource.",
		Attributes: map[string]schema.Attribute{
			"namespace": namespaceAttribute("The kind of the subject, such as `user`, `group` or `role`."),
			"id":        entityID("The id of the subject. "+subjectIDs, longestSubject),
		},
	}
}

func objectAttribute(changes string) schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Required:            true,
		MarkdownDescription: "The object. " + changes,
		Attributes: map[string]schema.Attribute{
			"namespace": namespaceAttribute("The kind of the object, such as `dataset`, `model`, `workroom`, `connector` or `group`."),
			"id":        entityID("The id of the object. "+objectIDs, longestObject),
		},
	}
}

// The limits of the API.
const (
	longestName    = 255
	longestSubject = 1024
	longestObject  = 4096
)

func namespaceAttribute(description string) schema.StringAttribute {
	return schema.StringAttribute{Required: true, MarkdownDescription: description, Validators: []validator.String{namespaceValidator{}}}
}

func entityID(description string, longest int) schema.StringAttribute {
	return schema.StringAttribute{
		Required: true, MarkdownDescription: description, Validators: []validator.String{stringvalidator.UTF8LengthBetween(1, longest)},
	}
}

func relationAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		Required: true,
		MarkdownDescription: "The relation of the subject to the object, such as `owner`, `editor` or `viewer`. Which relations there are depends on the " +
			"platform's release; the plan warns about a relation that the provider does not know. Changing it replaces the resource.",
		Validators: []validator.String{stringvalidator.UTF8LengthBetween(1, longestName)},
	}
}

// namespaceValidator refuses what the provider could not write in an id.
type namespaceValidator struct{}

func (namespaceValidator) Description(context.Context) string {
	return fmt.Sprintf("1 to %d characters, without a colon or #", longestName)
}

func (v namespaceValidator) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

func (v namespaceValidator) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if problem := namespaceProblem(req.ConfigValue.ValueString()); problem != "" {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid namespace", fmt.Sprintf("%s: %s.", req.Path, problem))
	}
}

// namespaceProblem says what keeps a text from being a namespace; "" means nothing does.
func namespaceProblem(text string) string {
	switch {
	case text == "":
		return "it is empty"
	case utf8.RuneCountInString(text) > longestName:
		return fmt.Sprintf("it is longer than %d characters", longestName)
	case strings.ContainsAny(text, ":#"):
		return fmt.Sprintf("%q has a colon or #; write the namespace and the id as two values", text)
	}
	return ""
}

// The places of the parts in a configuration, a plan or a state.
var (
	subjectNamespace = path.Root("subject").AtName("namespace")
	subjectID        = path.Root("subject").AtName("id")
	objectNamespace  = path.Root("object").AtName("namespace")
	objectIDPath     = path.Root("object").AtName("id")
	relationPath     = path.Root("relation")
	tenantPath       = path.Root("tenant")
)

// warnOfUnknownRelation warns of a relation that no release up to 1.2 has: it may be misspelt.
func warnOfUnknownRelation(at path.Path, relation string, diags *diag.Diagnostics) {
	if relation == "" || slices.Contains(relations, relation) {
		return
	}
	diags.AddAttributeWarning(at, fmt.Sprintf("The relation %q is not known to the provider", relation),
		fmt.Sprintf("Releases of the platform up to 1.2 have these relations: %s. If your platform has no other, the apply will fail, or the grant will "+
			"let nobody in.", strings.Join(relations, ", ")))
}

// warnOfMissingEntities warns of users and groups that do not exist: the platform takes a tuple or a grant for anything.
func warnOfMissingEntities(ctx context.Context, in *run.Run, at path.Path, namespace string, ids []string, diags *diag.Diagnostics) {
	if namespace == "user" || namespace == "group" {
		in.WarnOfMissing(ctx, at, namespace, ids, "The platform stores the relation all the same. Unless such a "+namespace+" is created, it lets nobody in.", diags)
	}
}

// text is a known string, and "" for what is null or unknown.
func text(ctx context.Context, source framework.Reader, at path.Path, diags *diag.Diagnostics) types.String {
	var value types.String
	diags.Append(source.GetAttribute(ctx, at, &value)...)
	return value
}

// Command addschemas adds the schemas of the provider's actions and list resources to the output of "tofu providers schema -json",
// which it reads from standard input and writes to standard output. OpenTofu has neither, so its output lacks them.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider"
)

func main() {
	if err := run(context.Background(), os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "addschemas:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, in io.Reader, out io.Writer) error {
	var schemas struct {
		FormatVersion string                    `json:"format_version"`
		Providers     map[string]map[string]any `json:"provider_schemas"`
	}
	if err := json.NewDecoder(in).Decode(&schemas); err != nil {
		return err
	}
	own, err := providerserver.NewProtocol6(provider.New("dev")())().GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return err
	}
	actions, lists := map[string]any{}, map[string]any{}
	for name, action := range own.ActionSchemas {
		actions[name] = encoded(action.Schema)
	}
	for name, list := range own.ListResourceSchemas {
		lists[name] = encoded(list)
	}
	for _, schema := range schemas.Providers {
		schema["action_schemas"], schema["list_resource_schemas"] = actions, lists
	}
	return json.NewEncoder(out).Encode(schemas)
}

// encoded returns a schema in the format of "providers schema -json".
func encoded(schema *tfprotov6.Schema) map[string]any {
	return map[string]any{"block": map[string]any{
		"attributes": attributes(schema.Block.Attributes), "description": schema.Block.Description, "description_kind": "markdown",
	}}
}

// nestings are the names of the kinds of nested attributes in the format of "providers schema -json".
var nestings = map[tfprotov6.SchemaObjectNestingMode]string{
	tfprotov6.SchemaObjectNestingModeSingle: "single", tfprotov6.SchemaObjectNestingModeList: "list",
	tfprotov6.SchemaObjectNestingModeSet: "set", tfprotov6.SchemaObjectNestingModeMap: "map",
}

// attributes returns attributes in the same format.
func attributes(all []*tfprotov6.SchemaAttribute) map[string]any {
	encoded := map[string]any{}
	for _, attribute := range all {
		one := map[string]any{
			"description": attribute.Description, "description_kind": "markdown", "required": attribute.Required, "optional": attribute.Optional,
			"sensitive": attribute.Sensitive, "write_only": attribute.WriteOnly,
		}
		if nested := attribute.NestedType; nested != nil {
			one["nested_type"] = map[string]any{"attributes": attributes(nested.Attributes), "nesting_mode": nestings[nested.Nesting]}
		} else {
			one["type"] = attribute.Type
		}
		encoded[attribute.Name] = one
	}
	return encoded
}

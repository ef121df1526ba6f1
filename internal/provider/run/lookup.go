package run

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
)

// Lookup returns those objects of the noun that can be found by name. Users of the gateway API have their subject ids.
func (r *Run) Lookup(ctx context.Context, noun string) (directory.Lookup, error) {
	switch noun {
	case "workroom":
		return r.Gateway.Lookup(ctx, noun)
	case "user", "group":
		switch generation, err := r.Generation(ctx); {
		case err != nil:
			return directory.Lookup{}, err
		case generation == Gateway:
			return r.Gateway.Lookup(ctx, noun)
		}
	}
	return r.Directory.Lookup(ctx, noun)
}

// IDByName returns the id of the one object with the name. An error that is client.ErrNotFound says that there is none.
func (r *Run) IDByName(ctx context.Context, noun, name string) (string, error) {
	lookup, err := r.Lookup(ctx, noun)
	if err != nil {
		return "", err
	}
	return lookup.ID(name)
}

// IDOf returns the id of the object that an import names by its id or its name. What has the form of an id is one.
func (r *Run) IDOf(ctx context.Context, noun, wanted string) (string, error) {
	if framework.UUIDProblem(wanted) == "" {
		return wanted, nil
	}
	lookup, err := r.Lookup(ctx, noun)
	switch {
	case err != nil:
		return "", err
	case lookup.Has(wanted): // With the gateway API, ids are free text.
		return wanted, nil
	}
	id, err := lookup.ID(wanted)
	if errors.Is(err, client.ErrNotFound) && framework.UUIDProblem(strings.ToLower(wanted)) == "" {
		return "", errors.New(framework.UUIDProblem(wanted))
	}
	return id, err
}

// ImportByIDOrName is framework.ImportByID for objects that may be named, too.
func (r *Run) ImportByIDOrName(ctx context.Context, noun framework.Noun, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if req.ID != "" {
		id, err := r.IDOf(ctx, noun.Name, req.ID)
		if err != nil {
			framework.AddFailure(&resp.Diagnostics, "import", framework.Subject{
				Noun: noun.Name, Text: fmt.Sprintf("%s %q", noun.Name, req.ID), Advice: noun.Advice,
			}, err)
			return
		}
		req.ID = id
	}
	framework.ImportByID(ctx, noun.Name, req, resp)
}

package provider

import (
	"context"
	"crypto/rand"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// Keys of the private state.
const (
	// privateInstance tells one resource instance from all others, for as long as it is in the state.
	privateInstance = "instance"
	// privateKeep are the assignments that a planned destruction leaves alone.
	privateKeep = "keep"
	// privateConfirm says that the instance is updated to make sure of what another one gives up.
	privateConfirm = "confirm"
	// privateProtected names an object whose deletion_protection is on.
	privateProtected = "protected"
	// privateAssignedAt is the time when an assignment was made.
	privateAssignedAt = "assigned_at"
)

// privateState is what requests and responses let the provider keep beside the state.
type privateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// getPrivate returns the zero value for a key that is not set.
func getPrivate[T any](ctx context.Context, private privateState, key string, diags *diag.Diagnostics) T {
	var value T
	data, problems := private.GetKey(ctx, key)
	diags.Append(problems...)
	if len(data) > 0 {
		if err := json.Unmarshal(data, &value); err != nil {
			diags.AddError("The private state is damaged", err.Error())
		}
	}
	return value
}

func setPrivate(ctx context.Context, private privateState, key string, value any, diags *diag.Diagnostics) {
	data, err := json.Marshal(value)
	if err != nil {
		diags.AddError("Could not write the private state", err.Error())
		return
	}
	diags.Append(private.SetKey(ctx, key, data)...)
}

// instanceOf returns the instance's own mark, and gives it one if it has none. Terraform passes the private state on
// when it plans an instance twice, for a replacement; an instance that is created has none in the plan and gets
// another one when it is created.
func instanceOf(ctx context.Context, private privateState, diags *diag.Diagnostics) string {
	instance := getPrivate[string](ctx, private, privateInstance, diags)
	if instance == "" {
		instance = rand.Text()
		setPrivate(ctx, private, privateInstance, instance, diags)
	}
	return instance
}

package framework

import (
	"context"
	"crypto/rand"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// privateInstance is the key of what tells one resource instance from all others, for as long as it is in the state.
const privateInstance = "instance"

// PrivateState is what requests and responses let the provider keep beside the state.
type PrivateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// GetPrivate returns what SetPrivate kept under a key, and the zero value for a key that is not set.
func GetPrivate[T any](ctx context.Context, private PrivateState, key string, diags *diag.Diagnostics) T {
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

// SetPrivate keeps a value, as JSON, under a key.
func SetPrivate(ctx context.Context, private PrivateState, key string, value any, diags *diag.Diagnostics) {
	data, err := json.Marshal(value)
	if err != nil {
		diags.AddError("Could not write the private state", err.Error())
		return
	}
	diags.Append(private.SetKey(ctx, key, data)...)
}

// InstanceOf returns the instance's own mark, and gives it one if it has none. Terraform passes the private state on
// when it plans an instance twice, for a replacement; an instance that is created has none in the plan and gets
// another one when it is created.
func InstanceOf(ctx context.Context, private PrivateState, diags *diag.Diagnostics) string {
	instance := GetPrivate[string](ctx, private, privateInstance, diags)
	if instance == "" {
		instance = rand.Text()
		SetPrivate(ctx, private, privateInstance, instance, diags)
	}
	return instance
}

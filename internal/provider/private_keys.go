package provider

// Keys of the private state, which the provider keeps beside each instance in the state.
const (
	// privateKeep are the assignments that a planned destruction leaves alone.
	privateKeep = "keep"
	// privateConfirm says that the instance is updated to make sure of what another one gives up.
	privateConfirm = "confirm"
	// privateProtected names an object whose deletion_protection is on.
	privateProtected = "protected"
	// privateAssignedAt is the time when an assignment was made.
	privateAssignedAt = "assigned_at"
)

// Package framework is what the provider adds to the plugin framework: attributes, values, validators, plan modifiers, private
// state and sets of ids. It knows no noun of the AuthService.
package framework

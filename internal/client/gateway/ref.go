package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// Ref names a subject or an object of the authorization: a "user" by a subject id, a "dataset" by a URN. Both parts are free
// text, which is compared exactly.
type Ref struct {
	Namespace string `json:"namespace"`
	ID        string `json:"id"`
}

// String returns the parts, joined with a colon, for messages.
func (r Ref) String() string { return r.Namespace + ":" + r.ID }

// complete tells whether both parts are there.
func (r Ref) complete() bool { return r.Namespace != "" && r.ID != "" }

// Values are named values of any JSON type; numbers are json.Number. nil says that an answer left them out, or is null.
type Values map[string]any

// UnmarshalJSON reads an object without a loss of digits.
func (v *Values) UnmarshalJSON(data []byte) error {
	var values map[string]any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	err := decoder.Decode(&values)
	*v = values
	return err
}

// row is an element of a list in an answer.
type row interface{ complete() bool }

// checkRows refuses a list that an answer leaves out, which is not to say that it is empty, and one with a row of which
// nobody could tell what it is about.
func checkRows[T row](rows []T, r client.Request, noun string) ([]T, error) {
	if rows == nil {
		return nil, client.BadAnswer(r, fmt.Sprintf("the answer has no list of %ss", noun))
	}
	for i, row := range rows {
		if !row.complete() {
			return nil, client.BadAnswer(r, fmt.Sprintf("%s %d in the answer is not complete", noun, i+1))
		}
	}
	return rows, nil
}

// listOf sends a request whose answer is a list.
func listOf[T row](ctx context.Context, c *client.Client, r client.Request, noun string) ([]T, error) {
	rows, err := client.Do[[]T](ctx, c, r)
	if err != nil {
		return nil, err
	}
	return checkRows(rows, r, noun)
}

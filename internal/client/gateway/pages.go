package gateway

import (
	"context"
	"fmt"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// maxPages bounds a list, in case a server never ends one.
const maxPages = 2000

// page is one part of a list.
type page[T any] struct {
	rows []T
	// limit is the most rows that the server puts into a page.
	limit int
}

// allPages returns the rows of all pages. A page that is not full is the last one. Rows that come twice, because the list has
// changed between two pages, are in the result once.
func allPages[T any, K comparable](
	ctx context.Context, request func(offset int) client.Request, ask func(context.Context, client.Request) (page[T], error), key func(T) K,
) ([]T, error) {
	all, seen := []T{}, map[K]bool{}
	for offset, pages := 0, 1; ; pages++ {
		r := request(offset)
		page, err := ask(ctx, r)
		if err != nil {
			return nil, err
		}
		known := len(all)
		for _, row := range page.rows {
			if !seen[key(row)] {
				seen[key(row)] = true
				all = append(all, row)
			}
		}
		switch {
		case page.limit < 1:
			return nil, client.BadAnswer(r, "the answer does not say how many rows a page has")
		case len(page.rows) < page.limit:
			return all, nil
		case len(all) == known:
			return nil, client.BadAnswer(r, fmt.Sprintf("the pages from row %d on repeat the ones before", offset))
		case pages == maxPages:
			return nil, client.BadAnswer(r, fmt.Sprintf("the list does not end after %d pages", pages))
		}
		offset += len(page.rows)
	}
}

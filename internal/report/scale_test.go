package report_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/access"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/connection"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/report"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

// company is a company of so many users, each in 5 of users/10 groups of 10 of users/5 roles of 20 of 1,000 rights: 1,000 ways a user.
func company(users int) snapshot.Snapshot {
	random := rand.New(rand.NewPCG(1, 1))
	some := func(n, of int, prefix string) []string {
		ids := make([]string, n)
		for i := range ids {
			ids[i] = fmt.Sprint(prefix, random.IntN(of))
		}
		return ids
	}
	s := snapshot.Snapshot{Generation: connection.RBAC}
	const rights = 1000
	for i := range rights {
		s.Rights = append(s.Rights, snapshot.Right{ID: fmt.Sprint("t", i), Name: fmt.Sprint("right.", i)})
	}
	for i := range users / 5 {
		s.Roles = append(s.Roles, snapshot.Role{ID: fmt.Sprint("r", i), Name: fmt.Sprint("role ", i), Rights: some(20, rights, "t")})
	}
	for i := range users / 10 {
		s.Groups = append(s.Groups, snapshot.Group{ID: fmt.Sprint("g", i), Name: fmt.Sprint("group ", i), Roles: some(10, users/5, "r")})
	}
	for i := range users {
		id := fmt.Sprint("u", i)
		s.Users = append(s.Users, snapshot.User{ID: id, SubjectID: id, Username: fmt.Sprint("user ", i), Active: true, Groups: some(5, users/10, "g")})
	}
	return s
}

const largeUsers = 20_000

// BenchmarkReport writes who may do what in a company of 20,000 users.
func BenchmarkReport(b *testing.B) {
	s := company(largeUsers)
	for _, format := range []report.Format{report.Table, report.CSV, report.JSON} {
		b.Run(string(format), func(b *testing.B) {
			for b.Loop() {
				if err := (report.Report{Graph: access.New(s), Limit: 20}).Write(io.Discard, format); err != nil {
					b.Fatal(err)
				}
			}
			reportPeak(b)
		})
	}
}

// BenchmarkCompare compares two snapshots of 20,000 users, in which one role has got another right.
func BenchmarkCompare(b *testing.B) {
	before, after := company(largeUsers), company(largeUsers)
	after.Roles[0].Rights = append(after.Roles[0].Rights, "new")
	after.Rights = append(after.Rights, snapshot.Right{ID: "new", Name: "new"})
	for b.Loop() {
		if d := access.Compare(access.New(before), access.New(after), 20); len(d.Changes) == 0 {
			b.Fatal("nothing has changed")
		}
	}
	reportPeak(b)
}

// reportPeak reports the memory that the process has taken from the system so far.
func reportPeak(b *testing.B) {
	b.Helper()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/(1<<20), "MB-sys")
}

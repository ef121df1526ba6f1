package export

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/importid"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

// tupleID is the import id of a tuple.
func tupleID(t snapshot.Tuple) string {
	return importid.Tuple(t.Tenant, importid.Entity(t.SubjectNamespace, t.SubjectID), t.Relation, importid.Entity(t.ObjectNamespace, t.ObjectID))
}

// chooseTuples leaves out the tuples that the platform makes itself of members of groups and workrooms.
func (c *company) chooseTuples(read snapshot.Snapshot) []snapshot.Tuple {
	members := map[key][]string{}
	for _, group := range read.Groups {
		members[key{snapshot.KindGroup, group.ID}] = group.Members
	}
	for _, room := range read.Workrooms {
		of := key{snapshot.KindWorkroom, room.ID}
		members[of] = append(members[of], room.Owner)
		for _, member := range room.Members {
			members[of] = append(members[of], member.SubjectID)
		}
	}
	tuples := slices.DeleteFunc(slices.Clone(read.Tuples), func(t snapshot.Tuple) bool {
		return t.SubjectNamespace == "user" && slices.Contains(members[key{snapshot.Kind(t.ObjectNamespace), t.ObjectID}], t.SubjectID)
	})
	if made := len(read.Tuples) - len(tuples); made > 0 {
		c.report.LeftOut = append(c.report.LeftOut, fmt.Sprintf("%d relationship tuples that stand for members of groups and workrooms", made))
	}
	return choose(c, snapshot.KindTuple, tuples, func(t snapshot.Tuple) (named, string) {
		return named{id: tupleID(t), want: c.tupleName(t)}, tupleProblem(t)
	})
}

// tupleName reads like "ada viewer model 6f1c2b9e".
func (c *company) tupleName(t snapshot.Tuple) string {
	subject := c.keys[key{snapshot.Kind(t.SubjectNamespace), t.SubjectID}]
	if subject == "" {
		subject = t.SubjectID
	}
	if t.SubjectNamespace != "user" {
		subject = t.SubjectNamespace + " " + subject
	}
	object := c.keys[key{snapshot.Kind(t.ObjectNamespace), t.ObjectID}]
	if object == "" {
		object = t.ObjectID
	}
	return strings.Join([]string{subject, t.Relation, t.ObjectNamespace, object}, " ")
}

func tupleProblem(t snapshot.Tuple) string {
	for _, namespace := range []string{t.SubjectNamespace, t.ObjectNamespace} {
		if strings.ContainsAny(namespace, ":#") {
			return fmt.Sprintf("the provider does not accept the namespace %q", namespace)
		}
	}
	return idProblem(tupleID(t))
}

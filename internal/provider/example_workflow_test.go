package provider_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// workflowJob is what these tests read of a job of GitHub Actions.
type workflowJob struct {
	Needs       string `json:"needs"`
	Environment string `json:"environment"`
	Steps       []struct {
		Name string            `json:"name"`
		If   string            `json:"if"`
		ID   string            `json:"id"`
		Run  string            `json:"run"`
		Uses string            `json:"uses"`
		With map[string]any    `json:"with"`
		Env  map[string]string `json:"env"`
	} `json:"steps"`
}

// workflowJobs reads the workflow of a module, with the CLI's own YAML parser.
func workflowJobs(t *testing.T, run acctest.CLI, file string) map[string]workflowJob {
	t.Helper()
	w := acctest.Workdir{CLI: run, Dir: t.TempDir()}
	acctest.Must(t, os.WriteFile(filepath.Join(w.Dir, "main.tf"), fmt.Appendf(nil, "output \"workflow\" {\n  value = jsonencode(yamldecode(file(%q)))\n}\n", filepath.Join(run.Examples, file)), 0o600))
	w.Terraform(t, 0, "apply", "-auto-approve")
	var workflow struct {
		Jobs map[string]workflowJob `json:"jobs"`
	}
	acctest.Must(t, json.Unmarshal([]byte(w.Terraform(t, 0, "output", "-raw", "workflow")), &workflow))
	return workflow.Jobs
}

// do runs the commands of a job, as the runner of GitHub Actions does, until one fails: for a pull request or not. It returns the exit code and
// what was printed. kamiwaza-access is installed, and a comment on the pull request gets into the file comment.
func (j workflowJob) do(t *testing.T, w acctest.Workdir, isPullRequest bool) (exitCode int, printed string) {
	t.Helper()
	programs := t.TempDir()
	acctest.Must(t, os.WriteFile(filepath.Join(programs, "gh"), []byte("#!/bin/sh\nshift 3\nwhile [ $# -gt 1 ]; do shift; done\ncp \"$1\" comment\n"), 0o700))
	acctest.Must(t, os.Symlink(acctest.AccessProgram(t), filepath.Join(programs, "kamiwaza-access")))
	path := os.Getenv("PATH")
	for _, variable := range w.Environment {
		if value, ok := strings.CutPrefix(variable, "PATH="); ok {
			path = value
		}
	}
	var out bytes.Buffer
	for _, step := range j.Steps {
		forPullRequest, denied := strings.Contains(step.If, "event_name == 'pull_request'"), strings.Contains(step.If, "steps.review.outputs.review == '4'")
		if step.Run == "" || strings.HasPrefix(step.Run, "GOBIN=") || forPullRequest && !isPullRequest || strings.Contains(step.If, "!= 'pull_request'") && isPullRequest ||
			denied && !strings.Contains(textOf(t, w, "output"), "review=4") {
			continue
		}
		cmd := exec.CommandContext(t.Context(), "bash", "-e", "-c", step.Run)
		cmd.Dir, cmd.Stdout, cmd.Stderr = w.Dir, &out, &out
		cmd.Env = append(slices.Clone(w.Environment), "PATH="+programs+":"+path, "PULL_REQUEST=https://github.com/o/r/pull/1", "GITHUB_OUTPUT="+filepath.Join(w.Dir, "output"), "GITHUB_STEP_SUMMARY="+filepath.Join(w.Dir, "summary"))
		if err := cmd.Run(); err != nil {
			exit, ok := errors.AsType[*exec.ExitError](err)
			if !ok {
				t.Fatal(err)
			}
			return exit.ExitCode(), out.String()
		}
	}
	return 0, out.String()
}

// TestAccWorkflowAppliesTheApprovedPlan runs the commands of the workflow, each job in a checkout of its own. Only the upload and
// the download of the plan are left to GitHub.
func TestAccWorkflowAppliesTheApprovedPlan(t *testing.T) {
	t.Parallel()
	run := acctest.NewCLI(t)
	if _, err := exec.LookPath("gpg"); err != nil {
		t.Skip("the workflow encrypts the plan with gpg")
	}
	jobs := workflowJobs(t, run, "review-in-ci/.github/workflows/access.yml")
	s := acctest.Start(t, authserver.Config{})
	state := filepath.Join(t.TempDir(), "terraform.tfstate")
	home := t.TempDir() // of gpg
	acctest.Must(t, os.Chmod(home, 0o700))
	checkout := func(description string) acctest.Workdir {
		w := at(run.Prepare(t, filepath.Join(run.Examples, "review-in-ci", "main.tf")), s, `TF_VAR_superusers=["admin"]`, `TF_VAR_deletes_nothing=["admin"]`, "PLAN_PASSPHRASE=correct horse", "GNUPGHOME="+home)
		acctest.Must(t, os.WriteFile(filepath.Join(w.Dir, "access.tf"), fmt.Appendf(nil, `terraform {
  backend "local" {
    path = %q
  }
}

resource "kamiwaza_group" "platform" {
  name        = "platform"
  description = %q
}
`, state, description), 0o600))
		return initialized(t, w)
	}
	plan := func(description, wantOutput string) acctest.Workdir {
		t.Helper()
		w := checkout(description)
		if code, out := jobs["plan"].do(t, w, false); code != 0 {
			t.Fatalf("the job plan ends with %d:\n%s", code, out)
		}
		expectOutput(t, "outputs of the job plan", strings.TrimSpace(textOf(t, w, "output")), wantOutput+"\nreview=0")
		return w
	}
	apply := func(planned acctest.Workdir, description string) (int, string) {
		t.Helper()
		w := checkout(description)
		acctest.Must(t, os.Rename(filepath.Join(planned.Dir, "tfplan.gpg"), filepath.Join(w.Dir, "tfplan.gpg")))
		return jobs["apply"].do(t, w, false)
	}

	first, second := plan("first", "exitcode=2"), plan("second", "exitcode=2")
	encrypted, err := os.ReadFile(filepath.Join(first.Dir, "tfplan.gpg"))
	acctest.Must(t, err)
	if bytes.HasPrefix(encrypted, []byte("PK")) {
		t.Error("the plan is not encrypted")
	}
	summary := textOf(t, first, "summary")
	if !strings.Contains(summary, "kamiwaza_group.platform will be created") || !strings.Contains(summary, "**Access:** Nobody gains or loses access.") {
		t.Errorf("the plan is not shown:\n%s", summary)
	}
	// What has been approved is applied, whatever the configuration says by now.
	if code, out := apply(first, "third"); code != 0 {
		t.Fatalf("the job apply ends with %d:\n%s", code, out)
	}
	groups := s.Server.Snapshot().Groups
	if len(groups) != 1 || groups[0].Description == nil || *groups[0].Description != "first" {
		t.Fatalf("the plan was not applied: %+v", groups)
	}
	if code, out := apply(second, "second"); code != 1 || !strings.Contains(out, "::error::The state has changed since the plan.") {
		t.Errorf("a stale plan ends with %d:\n%s", code, out)
	}
	expectOutput(t, "description after the stale plan", *s.Server.Snapshot().Groups[0].Description, "first")
	plan("first", "exitcode=0")

	if code, out := jobs["drift"].do(t, checkout("first"), false); code != 0 || !strings.Contains(out, "No drift.") {
		t.Errorf("without drift, the job ends with %d:\n%s", code, out)
	}
	if code, out := jobs["drift"].do(t, checkout("not applied yet"), false); code != 0 {
		t.Errorf("with a change of the configuration alone, the job ends with %d:\n%s", code, out)
	}
	acctest.Must(t, s.API.Groups.Delete(t.Context(), groups[0].ID))
	if code, out := jobs["drift"].do(t, checkout("first"), false); code != 2 || !strings.Contains(out, "::error::Access has been changed outside Terraform.") {
		t.Errorf("with drift, the job ends with %d:\n%s", code, out)
	}
	w := checkout("first")
	w.Environment = append(w.Environment, "KAMIWAZA_PASSWORD=wrong")
	if code, out := jobs["drift"].do(t, w, false); code != 1 || !strings.Contains(out, "nothing is known about drift") {
		t.Errorf("without a login, the drift job ends with %d:\n%s", code, out)
	}
	if code, out := jobs["plan"].do(t, w, false); code != 1 {
		t.Errorf("without a login, the job plan ends with %d:\n%s", code, out)
	}
}

// textOf is what a file of a directory has; "" if there is no such file.
func textOf(t *testing.T, w acctest.Workdir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(w.Dir, name))
	if !errors.Is(err, os.ErrNotExist) {
		acctest.Must(t, err)
	}
	return string(text)
}

// TestAccWorkflowReviewsPullRequests runs the commands of the workflow for pull requests: the comment says who gains what, and a superuser
// needs more than a review.
func TestAccWorkflowReviewsPullRequests(t *testing.T) {
	t.Parallel()
	run := acctest.NewCLI(t)
	jobs := workflowJobs(t, run, "review-in-ci/.github/workflows/access.yml")
	s := acctest.Start(t, authserver.Config{})
	for name, c := range map[string]struct {
		superuser string
		code      int
		want      []string
	}{
		"a user":      {"false", 0, []string{"**Access:** 1 account appears."}},
		"a superuser": {"true", 1, []string{"> Denied: zoe gains superuser.", "| ⚠️ **superuser** | zoe |  |", "zoe (zoe&#64;example.com) | appears"}},
	} {
		w := at(run.Prepare(t, filepath.Join(run.Examples, "review-in-ci", "main.tf")), s, `TF_VAR_superusers=["admin"]`, `TF_VAR_deletes_nothing=["admin"]`)
		acctest.Must(t, os.WriteFile(filepath.Join(w.Dir, "access.tf"), fmt.Appendf(nil, `resource "kamiwaza_user" "zoe" {
  username     = "zoe"
  email        = "zoe@example.com"
  is_superuser = %s
  password     = "correct horse battery"
}
`, c.superuser), 0o600))
		code, out := jobs["plan"].do(t, initialized(t, w), true)
		comment := textOf(t, w, "comment")
		if code != c.code || strings.Contains(out, "::error::Somebody would become a superuser.") != (code == 1) {
			t.Errorf("%s: the job ends with %d:\n%s", name, code, out)
		}
		for _, text := range c.want {
			if !strings.Contains(comment, text) {
				t.Errorf("%s: the comment lacks %q:\n%s", name, text, comment)
			}
		}
	}
}

// TestAccWorkflowFindsWhatIsNotManaged runs the last command of the nightly job.
func TestAccWorkflowFindsWhatIsNotManaged(t *testing.T) {
	t.Parallel()
	run := acctest.NewCLI(t)
	nightly := workflowJobs(t, run, "review-in-ci/.github/workflows/access.yml")["drift"]
	nightly.Steps = nightly.Steps[len(nightly.Steps)-1:]
	s := acctest.Start(t, authserver.Config{})
	w := initialized(t, at(run.Prepare(t), s))
	w.Write(t, "resource \"kamiwaza_group\" \"platform\" {\n  name = \"platform\"\n}\n")
	w.Terraform(t, 0, "apply", "-auto-approve")
	if code, out := nightly.do(t, w, false); code != 0 || !strings.Contains(out, "Terraform manages everything.") {
		t.Errorf("without other access, the job ends with %d:\n%s", code, out)
	}
	s.NewUser(t, rbac.UserCreate{Username: "eve", Email: "eve@example.com", Password: "correct horse battery"})
	if code, out := nightly.do(t, w, false); code != 3 || !strings.Contains(out, "kamiwaza_user.eve\t") {
		t.Errorf("with another user, the job ends with %d:\n%s", code, out)
	}
	w.Environment = append(w.Environment, "KAMIWAZA_PASSWORD=wrong")
	if code, out := nightly.do(t, w, false); code != 1 || !strings.Contains(out, "nothing is known about other access") {
		t.Errorf("without a login, the job ends with %d:\n%s", code, out)
	}
}

// TestAccWorkflowPlansOnce holds the workflow to applying the file that was approved, in the run and the environment that approved it.
func TestAccWorkflowPlansOnce(t *testing.T) {
	t.Parallel()
	jobs := workflowJobs(t, acctest.NewCLI(t), "review-in-ci/.github/workflows/access.yml")
	apply := jobs["apply"]
	expectOutput(t, "needs", apply.Needs, "plan")
	expectOutput(t, "environment", apply.Environment, "production")
	applies := 0
	for name, job := range jobs {
		for _, step := range job.Steps {
			if strings.Contains(step.Run, "-auto-approve") || name == "apply" && strings.Contains(step.Run, "terraform plan") {
				t.Errorf("the job %s makes a plan that nobody has approved: %s", name, step.Run)
			}
			if strings.Contains(step.Run, "terraform apply") {
				applies++
				if name != "apply" || !strings.Contains(step.Run, " tfplan") {
					t.Errorf("the job %s applies something other than the approved plan: %s", name, step.Run)
				}
			}
			if strings.Contains(step.Uses, "upload-artifact") && step.With["path"] != "tfplan.gpg" {
				t.Errorf("the job %s uploads %v", name, step.With["path"])
			}
		}
	}
	expectOutput(t, "applies", applies, 1)
}

// TestAccChecksWithData is why the guide keeps data sources outside check blocks.
func TestAccChecksWithData(t *testing.T) {
	t.Parallel()
	run, s := acctest.NewCLI(t), acctest.Start(t, authserver.Config{})
	for name, c := range map[string]struct {
		data           string
		plan           int
		lookupOfNobody int
	}{
		"inside":  {"check \"admin\" {\n  data \"kamiwaza_user\" \"admin\" {\n    username = \"admin\"\n  }\n", 2, 0},
		"outside": {"data \"kamiwaza_user\" \"admin\" {\n  username = \"admin\"\n}\n\ncheck \"admin\" {\n", 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := at(run.Prepare(t), s)
			acctest.Must(t, os.WriteFile(filepath.Join(w.Dir, "main.tf"), []byte(c.data+`  assert {
    condition     = data.kamiwaza_user.admin.is_superuser
    error_message = "no superuser"
  }
}
`), 0o600))
			w.SkipIfTooOld(t, []byte(c.data))
			w.Terraform(t, 0, "apply", "-auto-approve")
			w.Terraform(t, c.plan, "plan", "-detailed-exitcode")
			edit(t, w, "main.tf", `= "admin"`, `= "nobody"`)
			w.Terraform(t, c.lookupOfNobody, "apply", "-auto-approve")
		})
	}
}

package invitation_test

import (
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
)

func TestMain(m *testing.M) { acctest.Main(m) }

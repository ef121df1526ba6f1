# The import id is the name or the id of the workroom.
import {
  to = kamiwaza_workroom.forecasting
  id = "Forecasting"
}

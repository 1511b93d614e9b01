# Nothing is created: the resource only puts the hosts into the state, so that up, status and down work as elsewhere.
resource "terraform_data" "host" {
  for_each = var.hosts
  input    = each.value

  lifecycle {
    precondition {
      condition     = (var.topology == "single") == (each.key == "all")
      error_message = "Topology single has the role all, and no other; split has gateway, upstream and load-1 to load-N."
    }
  }
}

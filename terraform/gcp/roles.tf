# A machine for each role; its name in `hosts` is its role.
locals {
  roles = var.topology == "single" ? ["all"] : concat(
    ["gateway", "upstream"],
    [for n in range(var.load_count) : "load-${n + 1}"],
  )
  ssh_user = "gatebench"
  labels   = merge(var.labels, { tool = "gatebench", environment = var.name })
}

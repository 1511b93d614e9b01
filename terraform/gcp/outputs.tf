# What a machine's guest agent publishes once sshd there has made its keys: nothing at first, and the key when this is read
# again. So nobody has to believe a key on first sight.
data "google_compute_instance_guest_attributes" "host_keys" {
  for_each = google_compute_instance.machine

  name       = each.value.name
  zone       = each.value.zone
  project    = each.value.project
  query_path = "hostkeys/"

  # All of these are known before there is a machine, and Terraform would ask for its keys then.
  depends_on = [google_compute_instance.machine]
}

locals {
  host_keys = {
    for role, attributes in data.google_compute_instance_guest_attributes.host_keys : role => one([
      for entry in attributes.query_value == null ? [] : attributes.query_value :
      "ssh-ed25519 ${entry.value}" if entry.key == "ssh-ed25519"
    ])
  }
}

output "topology" {
  description = "single or split."
  value       = var.topology
}

output "hosts" {
  description = "Role to host: all, or gateway, upstream and load-1 to load-N."
  value = {
    for role, machine in google_compute_instance.machine : role => {
      address         = machine.network_interface[0].access_config[0].nat_ip
      sshUser         = local.ssh_user
      sshPort         = 22
      internalAddress = machine.network_interface[0].network_ip
      hostKey         = local.host_keys[role]
    }
  }
}

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
      hostKey         = null
    }
  }
}

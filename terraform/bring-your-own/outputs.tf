output "topology" {
  description = "single or split."
  value       = var.topology
}

output "hosts" {
  description = "Role to host: all, or gateway, upstream and load-1 to load-N."
  value = {
    for role, host in terraform_data.host : role => {
      address         = host.output.address
      sshUser         = host.output.ssh_user
      sshPort         = host.output.ssh_port
      internalAddress = coalesce(host.output.internal_address, host.output.address)
      hostKey         = host.output.host_key
    }
  }
}

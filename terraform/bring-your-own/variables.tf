variable "topology" {
  description = "single: all on one machine. split: gateway, upstream and load on machines of their own."
  type        = string
  default     = "single"
  nullable    = false

  validation {
    condition     = contains(["single", "split"], var.topology)
    error_message = "A topology is single or split."
  }
}

variable "hosts" {
  description = <<-EOT
    Role to host. Role `all` for topology single; `gateway`, `upstream` and `load-1` to `load-N` for split.
    internal_address is what the other hosts reach it at (default: address). host_key is the host's public SSH key,
    "ssh-ed25519 AAAA..."; without it the first answer is believed, and pinned.
  EOT
  type = map(object({
    address          = string
    ssh_user         = string
    ssh_port         = optional(number, 22)
    internal_address = optional(string)
    host_key         = optional(string)
  }))

  validation {
    condition     = length(var.hosts) > 0 && alltrue([for role in keys(var.hosts) : can(regex("^(all|gateway|upstream|load-[1-9][0-9]*)$", role))])
    error_message = "Roles are all, or gateway, upstream, load-1, load-2 and so on."
  }

  validation {
    condition     = alltrue([for host in values(var.hosts) : can(regex("^[A-Za-z0-9][A-Za-z0-9.:_-]*$", host.address))])
    error_message = "An address is a host name or an IP address."
  }

  validation {
    condition     = alltrue([for host in values(var.hosts) : can(regex("^[a-z_][a-z0-9_.-]*$", host.ssh_user))])
    error_message = "An ssh_user is the name of a user of that host."
  }

  validation {
    condition     = alltrue([for host in values(var.hosts) : host.ssh_port >= 1 && host.ssh_port <= 65535 && floor(host.ssh_port) == host.ssh_port])
    error_message = "An ssh_port is a whole number from 1 to 65535."
  }

  validation {
    condition     = alltrue([for host in values(var.hosts) : host.host_key == null || can(regex("^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp[0-9]+) [A-Za-z0-9+/=]+", host.host_key))])
    error_message = "A host_key is one line of an OpenSSH public key, such as that in /etc/ssh/ssh_host_ed25519_key.pub."
  }
}

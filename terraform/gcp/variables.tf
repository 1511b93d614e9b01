variable "project" {
  description = "ID of the Google Cloud project that pays for the machines."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "A project ID has 6 to 30 lower-case letters, digits and hyphens, and begins with a letter."
  }
}

variable "name" {
  description = "Name of the environment; every resource's name begins with it."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$", var.name))
    error_message = "A name has at most 30 lower-case letters, digits and hyphens, and begins with a letter."
  }
}

variable "zone" {
  description = "Zone of all machines. Prices and CPU models differ between zones."
  type        = string
  default     = "us-central1-a"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+-[a-z]$", var.zone))
    error_message = "A zone looks like us-central1-a."
  }
}

variable "machine_type" {
  description = "Machine type of every machine. The published figures are from n2-standard-8."
  type        = string
  default     = "n2-standard-8"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*-[a-z0-9-]+$", var.machine_type))
    error_message = "A machine type looks like n2-standard-8."
  }

  validation {
    condition     = !can(regex("^(a4x|c4a|n4a|t2a)-", var.machine_type))
    error_message = "The toolchain is installed on x86-64 machines only, and this type has Arm CPUs."
  }
}

variable "min_cpu_platform" {
  description = "Oldest CPU that Google may give, such as \"Intel Ice Lake\". N2 is Cascade Lake or Ice Lake unless this says which. Null leaves it to Google."
  type        = string
  default     = null

  validation {
    condition     = var.min_cpu_platform == null || can(regex("^[A-Z][A-Za-z0-9 ]+$", var.min_cpu_platform))
    error_message = "A CPU platform looks like \"Intel Ice Lake\"."
  }
}

variable "image" {
  description = "Boot image, or image family, of every machine."
  type        = string
  default     = "debian-cloud/debian-12"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9._:/-]+$", var.image))
    error_message = "An image looks like debian-cloud/debian-12."
  }
}

variable "disk_gb" {
  description = "Size of the boot disk. All gateways, their caches and a full run take about 15 GB."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.disk_gb >= 20 && var.disk_gb <= 2000 && floor(var.disk_gb) == var.disk_gb
    error_message = "The disk has 20 to 2000 GB, a whole number."
  }
}

variable "topology" {
  description = "single: all on one machine, as published. split: gateway, upstream and load on machines of their own."
  type        = string
  default     = "single"
  nullable    = false

  validation {
    condition     = contains(["single", "split"], var.topology)
    error_message = "A topology is single or split."
  }
}

variable "load_count" {
  description = "Load machines of the split topology."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.load_count >= 1 && var.load_count <= 20 && floor(var.load_count) == var.load_count
    error_message = "There are 1 to 20 load machines."
  }
}

variable "spot" {
  description = "Use Spot machines: far cheaper, but Google may take them away in the middle of a run."
  type        = bool
  default     = false
  nullable    = false
}

variable "max_run_hours" {
  description = "A machine deletes itself after so many whole hours, whatever happened to the one who made it."
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = var.max_run_hours >= 1 && var.max_run_hours <= 48 && floor(var.max_run_hours) == var.max_run_hours
    error_message = "The limit is 1 to 48 whole hours."
  }
}

variable "allowed_cidr" {
  description = "Addresses that may use SSH, as a CIDR block: the caller's own, such as 203.0.113.7/32."
  type        = string

  validation {
    condition     = can(cidrhost(var.allowed_cidr, 0)) && can(regex("^[0-9A-Fa-f.:]+/[1-9][0-9]{0,2}$", var.allowed_cidr))
    error_message = "Write a CIDR block such as 203.0.113.7/32."
  }

  validation {
    condition     = try(tonumber(split("/", var.allowed_cidr)[1]), 0) >= (strcontains(var.allowed_cidr, ":") ? 32 : 16)
    error_message = "That opens SSH to too many addresses: /16 is the largest block, /32 with IPv6."
  }
}

variable "ssh_public_key" {
  description = "Public half of a key made for this environment alone, in OpenSSH's format. The private half never comes here."
  type        = string

  validation {
    condition     = can(regex("^ssh-ed25519 [A-Za-z0-9+/=]+( [^\n]*)?$", var.ssh_public_key))
    error_message = "Write one line of an OpenSSH public key of type ssh-ed25519."
  }
}

variable "labels" {
  description = "Labels beside the harness's own, such as a cost centre."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition = alltrue([
      for key, value in var.labels : can(regex("^[a-z][a-z0-9_-]{0,62}$", key)) && can(regex("^[a-z0-9_-]{0,63}$", value))
    ])
    error_message = "Labels are lower-case letters, digits, _ and -, at most 63 of them; a key begins with a letter."
  }
}

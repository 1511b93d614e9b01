resource "google_compute_instance" "machine" {
  for_each = toset(local.roles)

  name             = "${var.name}-${each.key}"
  zone             = var.zone
  machine_type     = var.machine_type
  min_cpu_platform = var.min_cpu_platform
  tags             = [var.name]
  labels           = merge(local.labels, { role = each.key })

  boot_disk {
    auto_delete = true

    initialize_params {
      image  = var.image
      size   = var.disk_gb
      type   = "pd-balanced"
      labels = local.labels
    }
  }

  network_interface {
    subnetwork = google_compute_subnetwork.bench.id

    # An address of its own, to be reached at and to install from. The firewall lets SSH in from the caller alone.
    access_config {}
  }

  metadata = {
    ssh-keys               = "${local.ssh_user}:${var.ssh_public_key}"
    block-project-ssh-keys = "TRUE"
    # With OS Login on, keys in the metadata are ignored.
    enable-oslogin = "FALSE"
    # The machine publishes its SSH host keys there, where outputs.tf reads them.
    enable-guest-attributes = "TRUE"
    serial-port-enable      = "FALSE"
  }

  # No service_account block: the machines get no credentials at all, since they call no Google API.

  shielded_instance_config {
    enable_secure_boot          = true
    enable_vtpm                 = true
    enable_integrity_monitoring = true
  }

  scheduling {
    provisioning_model          = var.spot ? "SPOT" : "STANDARD"
    preemptible                 = var.spot
    automatic_restart           = false
    on_host_maintenance         = var.spot ? "TERMINATE" : "MIGRATE"
    instance_termination_action = "DELETE"

    max_run_duration {
      seconds = var.max_run_hours * 3600
    }
  }
}

# Google's networks deny what no rule allows.
resource "google_compute_firewall" "ssh" {
  name          = "${var.name}-ssh"
  description   = "SSH from the caller's address only"
  network       = google_compute_network.bench.id
  direction     = "INGRESS"
  source_ranges = [var.allowed_cidr]
  target_tags   = [var.name]

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}

resource "google_compute_firewall" "internal" {
  count = var.topology == "split" ? 1 : 0

  name        = "${var.name}-internal"
  description = "Load, gateway and upstream among themselves"
  network     = google_compute_network.bench.id
  direction   = "INGRESS"
  source_tags = [var.name]
  target_tags = [var.name]

  allow {
    protocol = "tcp"
  }

  allow {
    protocol = "icmp"
  }
}

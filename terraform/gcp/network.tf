# A network of its own: nothing else is in it, and it goes with the environment.
resource "google_compute_network" "bench" {
  name                    = "${var.name}-net"
  auto_create_subnetworks = false
}

resource "google_compute_subnetwork" "bench" {
  name          = "${var.name}-subnet"
  network       = google_compute_network.bench.id
  region        = replace(var.zone, "/-[a-z]$/", "")
  ip_cidr_range = "10.42.0.0/24"
}

# Built-in resources only: `terraform init` downloads nothing.
terraform {
  required_version = ">= 1.5"
}

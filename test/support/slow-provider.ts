import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { programIn } from '../../src/cloud/detached-program.js';
import { waitUntil } from '../../src/lib/sleep.js';

/**
 * A provider of machines for the real Terraform that needs no plugin: its machine is a file, which a provisioner makes
 * and removes, as slowly as a test wants.
 */
export interface SlowProvider {
  /** For GATEBENCH_PROVIDERS_DIR; the provider's name is `slow`. */
  root: string;
  /** For `--var marks=`. */
  marks: string;
  /** Whether the machine is there. */
  exists(): boolean;
  /** How many were ever made. */
  made(): Promise<number>;
  /** Keep Terraform in the middle of making, or of removing, until {@link release}. */
  hold(what: 'create' | 'destroy'): Promise<void>;
  release(): Promise<void>;
  /** Wait until Terraform is in the middle of it. */
  isHeld(what: 'create' | 'destroy'): Promise<boolean>;
  /** Let removing fail, or no more. */
  refuse(refuses: boolean): Promise<void>;
}

export async function slowProvider(folder: string): Promise<SlowProvider> {
  const root = join(folder, 'providers');
  const marks = join(folder, 'marks');
  const mark = (name: string) => join(marks, name);
  await mkdir(join(root, 'slow'), { recursive: true });
  await mkdir(marks, { recursive: true });
  await writeFile(join(root, 'slow', 'main.tf'), MODULE);
  await writeFile(join(root, 'slow', 'provider.yaml'), PROVIDER);
  return {
    root,
    marks,
    exists: () => existsSync(mark('machine')),
    made: async () => (await readFile(mark('made'), 'utf8').catch(() => '')).split('\n').filter(Boolean).length,
    hold: async (what) => {
      await rm(mark(`in-${what}`), { force: true });
      await writeFile(mark(`hold-${what}`), '');
    },
    release: async () => {
      for (const name of await readdir(marks))
        if (name.startsWith('hold-') || name.startsWith('in-')) await rm(mark(name));
    },
    isHeld: (what) => waitUntil(() => existsSync(mark(`in-${what}`)), 60_000),
    refuse: (refuses) => (refuses ? writeFile(mark('refuse'), '') : rm(mark('refuse'))),
  };
}

/** PID of the Terraform that works on an environment; null where none does. */
export function terraformOf(cloudRoot: string, name: string): number | null {
  return programIn(join(cloudRoot, name, 'terraform'), 'terraform');
}

const MODULE = `
variable "name" {
  type = string
}
variable "topology" {
  type    = string
  default = "single"
}
variable "marks" {
  type = string
}
variable "size" {
  type    = number
  default = 1
}

resource "terraform_data" "machine" {
  input = { marks = var.marks, size = var.size }

  provisioner "local-exec" {
    command = <<-EOT
      cd "\${self.input.marks}"
      touch in-create
      while [ -e hold-create ]; do sleep 0.05; done
      touch machine
      echo made >>made
    EOT
  }
  provisioner "local-exec" {
    when    = destroy
    command = <<-EOT
      cd "\${self.input.marks}"
      touch in-destroy
      while [ -e hold-destroy ]; do sleep 0.05; done
      [ ! -e refuse ] || { echo "the provider refuses" >&2; exit 1; }
      rm machine
    EOT
  }
}

output "topology" {
  value = var.topology
}
output "hosts" {
  value = {
    all = {
      address         = terraform_data.machine.id == "" ? "" : "127.0.0.1"
      sshUser         = "me"
      sshPort         = 22
      internalAddress = "127.0.0.1"
      hostKey         = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOQO3PAtvsXEjmb7eYoL0qJ0tXgvAJ0dmbpKHcwmGpEy"
    }
  }
}
`;

const PROVIDER = `schemaVersion: 1
name: slow
title: a slow provider
inputs: [name, topology]
requires:
  - variable: marks
    hint: name the folder
ownsHosts: true
runLimit: { variable: size, defaultHours: 1, maxHours: 48 }
resources:
  - type: terraform_data
    removal: rm {marks}/machine
prices: null
`;

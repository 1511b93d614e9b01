import { writeStatus } from '../../cli/output.js';
import type { Terraform } from '../../cloud/terraform.js';
import { ExpectedError } from '../../lib/errors.js';
import type { CloudFolder } from '../../store/cloud-folder.js';

/**
 * Remove an environment's machines, then what is known of it here. Nothing is fetched.
 * @throws ExpectedError that names what is left; then the state is kept, so that it can be tried again
 */
export async function removeEnvironment(folder: CloudFolder, terraform: Terraform): Promise<void> {
  const { name, outputs, ownsHosts, remoteDir } = folder.state;
  const left = await terraform.destroy();
  if (left.length > 0) {
    throw new ExpectedError(
      `these are left of environment "${name}": ${left.join(', ')}`,
      `try again: gatebench cloud down --name ${name}`,
    );
  }
  await folder.remove();
  if (ownsHosts || outputs === null) {
    writeStatus(`environment "${name}" is removed; nothing is left of it`);
    return;
  }
  const places = Object.entries(outputs.hosts).map(
    // Of topology split, only the gateway's machine gets the project; the others what they run of it.
    ([role, { sshUser, address }]) =>
      `${sshUser}@${address}:${role === 'all' || role === 'gateway' ? remoteDir : '~/.cache/gatebench'}`,
  );
  writeStatus(
    `environment "${name}" is removed; the hosts are yours, and so is what was copied there: ${places.join(', ')}`,
  );
}

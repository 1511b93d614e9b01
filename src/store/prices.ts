import { Prices } from '../model/prices.js';
import { readYamlFile } from './yaml-file.js';

/** @throws UsageError with file and line where the file isn't there, or not as it should be */
export function readPrices(path: string): Promise<Prices> {
  return readYamlFile(path, Prices, 'file of prices');
}

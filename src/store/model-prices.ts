import { ModelPrices } from '../model/model-prices.js';
import { readYamlFile } from './yaml-file.js';

/** @throws UsageError with file and line where the file isn't there, or not as it should be */
export function readModelPrices(path: string): Promise<ModelPrices> {
  return readYamlFile(path, ModelPrices, 'file of prices of models');
}

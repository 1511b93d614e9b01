import { expect, it } from 'vitest';
import { hotSpotMethod } from '../../../src/profiles/symbols/java-symbol.js';

it.each([
  ['int java.lang.String.hashCode()', 'java.lang.String.hashCode()', 'java.lang'],
  ['byte[] com.acme.Codec.encode(byte[], int)', 'com.acme.Codec.encode(byte[], int)', 'com.acme'],
  ['void java.lang.Object.<init>()', 'java.lang.Object.<init>()', 'java.lang'],
  [
    'java.util.List com.acme.Router$Table.routes(java.lang.String, long)',
    'com.acme.Router$Table.routes(java.lang.String, long)',
    'com.acme',
  ],
  [
    'java.lang.Object com.acme.Main$$Lambda$14/0x0000000800c03000.apply(java.lang.Object)',
    'com.acme.Main$$Lambda$14/0x0000000800c03000.apply(java.lang.Object)',
    'com.acme',
  ],
  ['void Main.main(java.lang.String[])', 'Main.main(java.lang.String[])', null],
  ['scala.Option com.acme.Box.$colon$plus(int)', 'com.acme.Box.$colon$plus(int)', 'com.acme'],
])('%s, as HotSpot names it for perf, is %s', (symbol, name, javaPackage) => {
  expect(hotSpotMethod(symbol)).toEqual({ name, package: javaPackage });
});

it.each([
  'StubRoutines (1)',
  'Interpreter',
  'I2C/C2I adapters',
  'void [System.Private.CoreLib] System.Threading.Thread::Run()[Tier0]',
  'operator new(unsigned long)',
  'JS:*handle file:///srv/app/index.js:7:1',
  'py::parse:/srv/app/parser.py',
  'unsigned int foo(int)',
])('%s is no method of Java', (symbol) => {
  expect(hotSpotMethod(symbol)).toBeNull();
});

// Judge documents by the published schemas with Ajv. Named on the command line: the folder of the
// schemas. On stdin: [[schema, document as text], …]; on stdout: [true, false, …].
import { readFileSync } from "node:fs";
import { join } from "node:path";
import addFormats from "ajv-formats";
import Ajv from "ajv/dist/2020.js";

const ajv = new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true });
addFormats(ajv);
const validators = new Map();

const validatorOf = (name) => {
  if (!validators.has(name)) {
    const text = readFileSync(join(process.argv[2], `${name}.json`), "utf8");
    validators.set(name, ajv.compile(JSON.parse(text)));
  }
  return validators.get(name);
};

const cases = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(cases.map(([name, text]) => validatorOf(name)(JSON.parse(text)))));

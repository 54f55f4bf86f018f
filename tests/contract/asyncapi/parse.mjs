// Parse the AsyncAPI document named on the command line; print what the parser says as JSON.
// Exit 1 if it finds an error.
import { readFile } from "node:fs/promises";
import { Parser } from "@asyncapi/parser";

const text = await readFile(process.argv[2], "utf8");
const { document, diagnostics } = await new Parser().parse(text);
const findings = diagnostics.map(({ code, severity, message, path }) => ({
  code,
  severity,
  message,
  path: path.join("/"),
}));
const read = document && {
  version: document.version(),
  channels: document.channels().all().map((channel) => channel.id()),
  operations: document.operations().all().map((operation) => operation.id()),
  messages: document.components().messages().all().map((message) => message.name()),
};
console.log(JSON.stringify({ read: read ?? null, findings }));
process.exitCode = document && !findings.some(({ severity }) => severity === 0) ? 0 : 1;

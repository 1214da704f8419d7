/**
 * The part of a package-lock (version 3) that a deployable needs: every package reachable from its
 * dependencies, found as Node finds it (the nearest node_modules upwards).
 */
export function prunedLock(lock, manifest) {
  const kept = new Map();
  const visit = (path) => {
    if (kept.has(path)) return;
    const entry = lock.packages[path];
    kept.set(path, entry);
    const wanted = { ...entry.dependencies, ...entry.optionalDependencies, ...required(entry) };
    for (const name of Object.keys(wanted)) {
      const found = nearest(lock, path, name);
      if (found) visit(found);
    }
  };
  for (const name of Object.keys(manifest.dependencies)) visit(`node_modules/${name}`);
  const { name, version, license, dependencies, bin } = manifest;
  return {
    name,
    version,
    lockfileVersion: lock.lockfileVersion,
    requires: true,
    packages: {
      '': { name, version, license, dependencies, ...(bin && { bin }) },
      ...Object.fromEntries([...kept].sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
}

/** Peer dependencies are part of what runs, unless they are optional and nobody installed them. */
function required({ peerDependencies = {}, peerDependenciesMeta = {} }) {
  const names = Object.keys(peerDependencies).filter((n) => !peerDependenciesMeta[n]?.optional);
  return Object.fromEntries(names.map((n) => [n, peerDependencies[n]]));
}

function nearest(lock, from, name) {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/')))) {
    const candidate = `${base ? `${base}/` : ''}node_modules/${name}`;
    if (lock.packages[candidate]) return candidate;
    if (base === '') return undefined;
  }
}

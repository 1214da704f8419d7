// Who may use whom. `@nx/enforce-module-boundaries` reads these; planted-faults.mjs proves that
// each wall stands.
const kernel = ['type:kernel'];
const contract = [...kernel, 'type:contract'];
const port = [...contract, 'type:port'];

const nest = ['@nestjs/*'];
const mongo = ['mongodb'];
const kurrent = ['@kurrent/*'];

const wall = (sourceTag, onlyDependOnLibsWithTags, bannedExternalImports) => ({
  sourceTag,
  onlyDependOnLibsWithTags,
  ...(bannedExternalImports && { bannedExternalImports }),
});

export const walls = [
  wall('type:kernel', kernel, ['*']),
  { ...wall('type:contract', contract), allowedExternalImports: ['zod'] },
  wall('type:domain', [...contract, 'type:domain'], ['*']),
  wall('type:projection', [...contract, 'type:projection'], ['*']),
  wall('type:port', [...port, 'type:domain'], [...nest, ...mongo, ...kurrent]),
  wall('type:adapter', [...port, 'type:domain', 'type:projection', 'type:adapter'], nest),
  wall('type:platform', [...kernel, 'type:port'], [...mongo, ...kurrent]),
  wall('type:embedded', ['type:embedded'], [...nest, ...kurrent, ...mongo]),
  wall(
    'type:app',
    [...port, 'type:domain', 'type:projection', 'type:adapter', 'type:platform', 'type:embedded'],
    [...mongo, ...kurrent],
  ),
  wall('type:testing', ['*']),
  wall('side:shared', ['*']),
  wall('side:write', ['side:write', 'side:shared']),
  wall('side:read', ['side:read', 'side:shared']),
];

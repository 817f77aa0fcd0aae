export const YAML_TYPES: readonly string[] = ['application/yaml', 'application/x-yaml', 'text/yaml']

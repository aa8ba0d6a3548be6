import 'reflect-metadata';

/** One environment variable as people read about it in .env.example. */
export interface VariableDescription {
  readonly name: string;
  /** Text for the default; empty where it is derived or generated. */
  readonly default: string;
  readonly meaning: string;
  readonly allowed: string;
  readonly secret: boolean;
}

export interface Variable extends VariableDescription {
  readonly property: string;
  /** Text to value; undefined when the text is none of what is allowed. */
  readonly read: (text: string) => unknown;
}

const variables: Variable[] = [];

interface VariableOptions {
  readonly default?: string;
  readonly meaning: string;
  readonly allowed: string;
  readonly secret?: boolean;
  readonly read?: (text: string) => unknown;
}

/** Binds a property of the configuration class to the environment variable `name`. */
export const FromEnvironment =
  (
    name: string,
    { default: fallback = '', secret = false, read = (text) => text, ...rest }: VariableOptions,
  ): PropertyDecorator =>
  (_target, property) => {
    variables.push({ ...rest, name, default: fallback, secret, read, property: String(property) });
  };

/** All variables in the order of the class. */
export const boundVariables = (): readonly Variable[] => variables;

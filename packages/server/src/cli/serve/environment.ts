/** Variables of the environment: secrets do not stand in the settings file. */
export type Environment = Readonly<Record<string, string | undefined>>;

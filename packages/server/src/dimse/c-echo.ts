/** C-ECHO as provider: PS3.7 9.1.5, PS3.4 annex A. */
import { CommandField } from './command-set.ts';
import type { DimseMessage } from './dimse-message.ts';
import type { Context, Exchange } from './exchange.ts';
import { Status } from './status.ts';

export const serveEcho = ({ command }: DimseMessage, context: Context, exchange: Exchange): Promise<void> =>
  exchange.send(context.id, {
    commandField: CommandField.echoRsp,
    affectedSopClass: context.abstractSyntax,
    respondedTo: command.messageId as number,
    status: command.affectedSopClass === context.abstractSyntax ? Status.success : Status.noSuchSopClass,
  });

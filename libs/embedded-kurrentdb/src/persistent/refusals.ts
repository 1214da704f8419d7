import { GrpcCode, GrpcError } from '../grpc/status';
import type { GroupName } from './requests';

const refusal = (
  code: GrpcCode,
  message: string,
  exception: string,
  { stream, group }: GroupName,
  more: Readonly<Record<string, string>> = {},
) =>
  new GrpcError(code, message, { exception, 'stream-name': stream, 'group-name': group, ...more });

const nameOf = ({ stream, group }: GroupName) => `Subscription group ${group} on stream ${stream}`;

/** No such group. */
export const doesNotExist = (name: GroupName) =>
  refusal(
    GrpcCode.NotFound,
    `${nameOf(name)} does not exist.`,
    'persistent-subscription-does-not-exist',
    name,
  );

/** A group of that name is there already. */
export const existsAlready = (name: GroupName) =>
  refusal(
    GrpcCode.AlreadyExists,
    `${nameOf(name)} exists.`,
    'persistent-subscription-exists',
    name,
  );

/** The request cannot be met, for a reason told in words. */
export const failed = (name: GroupName, reason: string) =>
  refusal(
    GrpcCode.Internal,
    `${nameOf(name)} failed: '${reason}'`,
    'persistent-subscription-failed',
    name,
    { reason },
  );

/** As many consumers as the group allows are connected. */
export const tooManyConsumers = (name: GroupName) =>
  refusal(
    GrpcCode.FailedPrecondition,
    `Maximum subscriptions reached for subscription group ${name.group} on stream ${name.stream}.`,
    'maximum-subscribers-reached',
    name,
  );

/** The group was deleted, changed or restarted under its consumers. */
export const dropped = (name: GroupName) =>
  refusal(
    GrpcCode.Cancelled,
    `${nameOf(name)} was dropped.`,
    'persistent-subscription-dropped',
    name,
  );

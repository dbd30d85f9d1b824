// Administration, by Better Auth's client with its admin plugin.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PASSWORD, admin as adminOf, start } from '../product.mjs';
import { assertSession, assertUser, clientOf, good, newEmail, newcomer, refused, signedIn } from './client.mjs';

let trio;
let admin;
before(async () => {
  trio = await start();
  admin = await signedIn(trio, adminOf(trio));
});
after(() => trio?.stop());

const NEW_PASSWORD = 'Another-Horse-8-Battery';
const NOBODY = '01890000-0000-7000-8000-000000000000';

/** Every method, with something to call it with, and the code for who may not. */
const METHODS = [
  ['listUsers', { query: {} }, 'YOU_ARE_NOT_ALLOWED_TO_LIST_USERS'],
  ['getUser', { query: { id: NOBODY } }, 'YOU_ARE_NOT_ALLOWED_TO_GET_USER'],
  ['createUser', { email: 'new@example.com', name: 'New' }, 'YOU_ARE_NOT_ALLOWED_TO_CREATE_USERS'],
  ['updateUser', { userId: NOBODY, data: { name: 'New' } }, 'YOU_ARE_NOT_ALLOWED_TO_UPDATE_USERS'],
  ['setRole', { userId: NOBODY, role: 'admin' }, 'YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE'],
  ['banUser', { userId: NOBODY }, 'YOU_ARE_NOT_ALLOWED_TO_BAN_USERS'],
  ['unbanUser', { userId: NOBODY }, 'YOU_ARE_NOT_ALLOWED_TO_BAN_USERS'],
  ['impersonateUser', { userId: NOBODY }, 'YOU_ARE_NOT_ALLOWED_TO_IMPERSONATE_USERS'],
  ['listUserSessions', { userId: NOBODY }, 'YOU_ARE_NOT_ALLOWED_TO_LIST_USERS_SESSIONS'],
  ['revokeUserSession', { sessionToken: 'x' }, 'YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS'],
  ['revokeUserSessions', { userId: NOBODY }, 'YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS'],
  ['setUserPassword', { userId: NOBODY, newPassword: PASSWORD }, 'YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PASSWORD'],
  ['removeUser', { userId: NOBODY }, 'YOU_ARE_NOT_ALLOWED_TO_DELETE_USERS'],
];

for (const [method, argument, code] of METHODS) {
  test(`admin.${method} is for admins: 401 without code for nobody, 403 for a student before anything else`, async () => {
    await refused(clientOf(trio).client.admin[method](argument), 401, undefined);
    const student = await newcomer(trio);
    await refused(student.client.admin[method](argument), 403, code);
  });
}

test('admin.listUsers searches, filters, sorts and pages', async () => {
  const { client } = admin;
  const all = await good(client.admin.listUsers({ query: { sortBy: 'email', sortDirection: 'asc' } }));
  all.users.forEach(assertUser);
  const emails = all.users.map((user) => user.email);
  assert.deepEqual(emails, [...emails].sort());
  assert.ok(all.total >= 3);
  assert.ok(!('limit' in all) && !('offset' in all));
  const page = await good(client.admin.listUsers({ query: { sortBy: 'email', sortDirection: 'asc', limit: 1, offset: 1 } }));
  assert.deepEqual([page.users.length, page.limit, page.offset, page.total], [1, 1, 1, all.total]);
  assert.equal(page.users[0].email, emails[1]);
  const found = async (query) => (await good(client.admin.listUsers({ query }))).users.map((user) => user.email);
  assert.deepEqual(await found({ searchValue: 'instructor@', searchOperator: 'starts_with' }), ['instructor@example.com']);
  assert.deepEqual(await found({ searchValue: '%' }), []);
  assert.deepEqual(await found({ filterField: 'role', filterValue: 'admin' }), ['admin@example.com']);
  await refused(client.admin.listUsers({ query: { sortDirection: 'sideways' } }), 400, 'VALIDATION_ERROR');
});

test('admin.createUser, getUser, updateUser and setRole', async () => {
  const { client } = admin;
  const email = newEmail();
  const { user } = await good(client.admin.createUser({ email, name: 'Grace', password: PASSWORD, role: 'instructor' }));
  assertUser(user);
  assert.deepEqual([user.email, user.role], [email, 'instructor']);
  await signedIn(trio, { email, password: PASSWORD });
  await refused(client.admin.createUser({ email, name: 'Grace' }), 400, 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL');
  await refused(client.admin.createUser({ email: 'no address', name: 'Grace' }), 400, 'INVALID_EMAIL');
  await refused(client.admin.createUser({ email: newEmail(), name: 'G', role: 'king' }), 400, 'YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE');

  const read = await good(client.admin.getUser({ query: { id: user.id } }));
  assertUser(read);
  await refused(client.admin.getUser({ query: { id: NOBODY } }), 404, 'USER_NOT_FOUND');
  const renamed = await good(client.admin.updateUser({ userId: user.id, data: { name: 'Grace Hopper' } }));
  assertUser(renamed);
  assert.equal(renamed.name, 'Grace Hopper');
  await refused(client.admin.updateUser({ userId: user.id, data: {} }), 400, 'NO_DATA_TO_UPDATE');
  await refused(client.admin.updateUser({ userId: user.id, data: { password: 'x' } }), 400, 'PASSWORD_CANNOT_BE_UPDATED_VIA_UPDATE_USER');
  const promoted = await good(client.admin.setRole({ userId: user.id, role: 'admin' }));
  assert.equal(promoted.user.role, 'admin');
  await refused(client.admin.setRole({ userId: user.id, role: 'king' }), 400, 'YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE');
  await refused(client.admin.setRole({ userId: NOBODY, role: 'student' }), 404, 'USER_NOT_FOUND');
});

test('admin.banUser ends every session and says why, unbanUser lets back in', async () => {
  const { client } = admin;
  const person = await newcomer(trio);
  const { user } = await good(client.admin.banUser({ userId: person.user.id, banReason: 'Spam', banExpiresIn: 3600 }));
  assert.deepEqual([user.banned, user.banReason], [true, 'Spam']);
  assert.ok(user.banExpires instanceof Date);
  assert.equal(await good(person.client.getSession()), null);
  await refused(person.client.signIn.email({ email: person.email, password: PASSWORD }), 403, 'BANNED_USER');
  const back = (await good(client.admin.unbanUser({ userId: person.user.id }))).user;
  assert.deepEqual([back.banned, back.banReason, back.banExpires], [false, null, null]);
  await signedIn(trio, { email: person.email, password: PASSWORD });
  const forever = (await good(client.admin.banUser({ userId: person.user.id }))).user;
  assert.deepEqual([forever.banReason, forever.banExpires], ['No reason', null]);
  await refused(client.admin.banUser({ userId: admin.user.id }), 400, 'YOU_CANNOT_BAN_YOURSELF');
  await refused(client.admin.banUser({ userId: NOBODY }), 404, 'USER_NOT_FOUND');
});

test('admin.impersonateUser and stopImpersonating', async () => {
  const { client } = await signedIn(trio, adminOf(trio));
  const person = await newcomer(trio);
  const { session, user } = await good(client.admin.impersonateUser({ userId: person.user.id }));
  assertSession(session);
  assertUser(user);
  assert.equal(session.impersonatedBy, admin.user.id);
  assert.ok(session.expiresAt - Date.now() <= 3_600_000);
  assert.equal((await good(client.getSession())).user.id, person.user.id);
  assert.equal((await good(client.admin.stopImpersonating())).user.id, admin.user.id);
  assert.equal((await good(client.getSession())).user.id, admin.user.id);
  await refused(client.admin.stopImpersonating(), 400, undefined);
  await refused(client.admin.impersonateUser({ userId: admin.user.id }), 403, 'YOU_CANNOT_IMPERSONATE_ADMINS');
  await refused(client.admin.impersonateUser({ userId: NOBODY }), 404, 'USER_NOT_FOUND');
});

test('admin.listUserSessions, revokeUserSession and revokeUserSessions', async () => {
  const { client } = admin;
  const person = await newcomer(trio);
  const other = await signedIn(trio, { email: person.email, password: PASSWORD });
  const userId = person.user.id;
  const { sessions } = await good(client.admin.listUserSessions({ userId }));
  assert.equal(sessions.length, 2);
  sessions.forEach(assertSession);
  const own = (await good(other.client.getSession())).session.id;
  const { token } = sessions.find((session) => session.id === own);
  assert.deepEqual(await good(client.admin.revokeUserSession({ sessionToken: token })), { success: true });
  assert.equal(await good(other.client.getSession()), null);
  assert.ok(await good(person.client.getSession()));
  assert.deepEqual(await good(client.admin.revokeUserSessions({ userId })), { success: true });
  assert.equal(await good(person.client.getSession()), null);
  assert.deepEqual(await good(client.admin.listUserSessions({ userId: NOBODY })), { sessions: [] });
});

test('admin.setUserPassword and removeUser', async () => {
  const { client } = admin;
  const { email, user } = await newcomer(trio);
  await refused(client.admin.setUserPassword({ userId: user.id, newPassword: 'Short-1' }), 400, 'PASSWORD_TOO_SHORT');
  assert.deepEqual(await good(client.admin.setUserPassword({ userId: user.id, newPassword: NEW_PASSWORD })), { status: true });
  await signedIn(trio, { email, password: NEW_PASSWORD });
  assert.deepEqual(await good(client.admin.removeUser({ userId: user.id })), { success: true });
  await refused(client.admin.getUser({ query: { id: user.id } }), 404, 'USER_NOT_FOUND');
  await refused(client.admin.removeUser({ userId: admin.user.id }), 400, 'YOU_CANNOT_REMOVE_YOURSELF');
  await refused(client.admin.removeUser({ userId: NOBODY }), 404, 'USER_NOT_FOUND');
});

test('admin.hasPermission answers for the caller, checkRolePermission without asking', async () => {
  const ask = (client, permissions) => good(client.admin.hasPermission({ permissions }));
  assert.deepEqual(await ask(admin.client, { user: ['ban', 'delete'] }), { error: null, success: true });
  assert.deepEqual(await ask(admin.client, { user: ['ban'], castle: ['storm'] }), { error: null, success: false });
  const student = await newcomer(trio);
  assert.equal((await ask(student.client, { user: ['ban'] })).success, false);
  await refused(clientOf(trio).client.admin.hasPermission({ permissions: { user: ['ban'] } }), 401, undefined);
  assert.equal(admin.client.admin.checkRolePermission({ role: 'admin', permissions: { user: ['ban'] } }), true);
});

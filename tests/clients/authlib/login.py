"""Authlib, unchanged, against the running product: login, refresh, userinfo, introspection, revocation, logout.

Run by authlib.test.mjs, which says in the environment where everything is.
"""

import html
import os
import re
import unittest
from urllib.parse import parse_qs, urljoin, urlsplit

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client import BaseApp
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.base_client.sync_app import OAuth2Mixin
from authlib.integrations.base_client.sync_openid import OpenIDMixin
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc6750.errors import InsufficientScopeError, InvalidTokenError
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator

ISSUER = os.environ["ISSUER"]
REDIRECT = os.environ["REDIRECT_URI"]
HOME = os.environ["POST_LOGOUT_REDIRECT_URI"]
SCOPE = "openid email profile offline_access api"
NAVIGATION = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate"}


class App(OAuth2Mixin, OpenIDMixin, BaseApp):
    """What Authlib's integrations of web frameworks build on; here without a framework."""

    client_cls = OAuth2Session


def client(**more):
    return App(
        framework=None,
        client_id=os.environ["CLIENT_ID"],
        client_secret=os.environ["CLIENT_SECRET"],
        server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
        client_kwargs={"scope": SCOPE, "code_challenge_method": "S256", **more},
    )


def open_page(browser, url):
    """Follows redirects on the server; gives the page, or the address outside that it sends the browser to."""
    answer = browser.get(url, headers=NAVIGATION, allow_redirects=False)
    while "location" in answer.headers:
        url = urljoin(ISSUER, answer.headers["location"])
        if not url.startswith(f"{ISSUER}/"):
            return url, None
        answer = browser.get(url, headers=NAVIGATION, allow_redirects=False)
    return None, answer.text


def sign_in(browser, url):
    """A person at the sign-in form. Gives the address back at the client."""
    outside, page = open_page(browser, url)
    if outside:
        return outside
    pending = html.unescape(re.search(r'name="continue" value="([^"]*)"', page).group(1))
    form = {"email": os.environ["EMAIL"], "password": os.environ["PASSWORD"], "continue": pending}
    answer = browser.post(
        f"{ISSUER}/sign-in", data=form, headers={**NAVIGATION, "Origin": ISSUER}, allow_redirects=False
    )
    return open_page(browser, urljoin(ISSUER, answer.headers["location"]))[0]


def login(app, browser):
    begun = app.create_authorization_url(REDIRECT)
    back = sign_in(browser, begun["url"])
    answer = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    assert answer["state"] == begun["state"] and answer["iss"] == ISSUER, back
    token = app.fetch_access_token(REDIRECT, code=answer["code"], code_verifier=begun["code_verifier"])
    person = app.parse_id_token(token, nonce=begun["nonce"])
    return token, person


class Validator(JWTBearerTokenValidator):
    """A resource server that knows the issuer alone (RFC 9068 section 4)."""

    def get_jwks(self):
        metadata = requests.get(f"{ISSUER}/.well-known/openid-configuration").json()
        return requests.get(metadata["jwks_uri"]).json()


class Authlib(unittest.TestCase):
    def setUp(self):
        self.app = client()
        self.browser = requests.Session()

    def session(self, token):
        """The lower level, where Authlib has refreshing, introspection and revocation."""
        return OAuth2Session(self.app.client_id, self.app.client_secret, token=token)

    def endpoint(self, name):
        return self.app.load_server_metadata()[f"{name}_endpoint"]

    def test_login_refresh_userinfo_logout(self):
        token, person = login(self.app, self.browser)
        self.assertEqual(person["email"], os.environ["EMAIL"])
        told = self.app.userinfo(token=token)
        self.assertEqual((told["sub"], told["email_verified"]), (person["sub"], True))

        renewed = self.session(token).refresh_token(self.endpoint("token"))
        self.assertNotEqual(renewed["refresh_token"], token["refresh_token"])
        self.assertEqual(self.app.userinfo(token=renewed)["sub"], person["sub"])

        away = self.app.create_logout_url(HOME, id_token_hint=token["id_token"], client_id=self.app.client_id)
        outside, _ = open_page(self.browser, away["url"])
        self.assertEqual(outside, f"{HOME}?state={away['state']}")
        again = self.app.create_authorization_url(REDIRECT, prompt="none")
        outside, _ = open_page(self.browser, again["url"])
        self.assertEqual(parse_qs(urlsplit(outside).query)["error"], ["login_required"])

    def test_secret_in_the_form_of_a_client_that_registered_for_the_header(self):
        app = client(token_endpoint_auth_method="client_secret_post")
        with self.assertRaises(OAuthError) as raised:
            login(app, self.browser)
        self.assertEqual(raised.exception.error, "invalid_client")

    def test_wrong_nonce_and_wrong_verifier_are_noticed(self):
        begun = self.app.create_authorization_url(REDIRECT)
        code = parse_qs(urlsplit(sign_in(self.browser, begun["url"])).query)["code"][0]
        with self.assertRaises(OAuthError) as raised:
            self.app.fetch_access_token(REDIRECT, code=code, code_verifier=generate_token(48))
        self.assertEqual(raised.exception.error, "invalid_grant")
        token, _ = login(self.app, self.browser)
        with self.assertRaises(Exception):
            self.app.parse_id_token(token, nonce="another")

    def test_access_token_by_published_keys(self):
        token, person = login(self.app, self.browser)
        validator = Validator(issuer=ISSUER, resource_server="intellistack")
        claims = validator.authenticate_token(token["access_token"])
        validator.validate_token(claims, ["openid api"], None)
        self.assertEqual(claims["sub"], person["sub"])
        with self.assertRaises(InsufficientScopeError):
            validator.validate_token(claims, ["admin"], None)
        with self.assertRaises(InvalidTokenError):
            validator.validate_token(validator.authenticate_token(token["id_token"]), None, None)
        elsewhere = Validator(issuer=ISSUER, resource_server="https://elsewhere.example")
        with self.assertRaises(InvalidTokenError):
            elsewhere.validate_token(elsewhere.authenticate_token(token["access_token"]), None, None)

    def test_revocation(self):
        token, _ = login(self.app, self.browser)
        session = self.session(token)
        answer = session.revoke_token(self.endpoint("revocation"), token["refresh_token"], "refresh_token")
        self.assertEqual(answer.status_code, 200)
        with self.assertRaises(Exception) as raised:
            session.refresh_token(self.endpoint("token"), token["refresh_token"])
        self.assertEqual(raised.exception.error, "invalid_grant")

    def test_introspection(self):
        token, person = login(self.app, self.browser)
        session = self.session(token)
        for kind in ("access_token", "refresh_token"):
            told = session.introspect_token(self.endpoint("introspection"), token[kind], kind).json()
            self.assertEqual((told["active"], told["sub"]), (True, person["sub"]), kind)
        session.revoke_token(self.endpoint("revocation"), token["refresh_token"], "refresh_token")
        told = session.introspect_token(self.endpoint("introspection"), token["refresh_token"]).json()
        self.assertEqual(told, {"active": False})


if __name__ == "__main__":
    unittest.main(verbosity=2)

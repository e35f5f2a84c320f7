//! What is sent to the API.

use serde_json::json;
use url::{Url, form_urlencoded};

use super::{MOST_ITEMS, Message, Token};
use crate::book::{StoreId, storefront};
use crate::config::plan::Secret;
use crate::config::ways::{ApiPlan, CredentialVersion, Region};

const CATALOG: &str = "https://creatorsapi.amazon/catalog/v1/getItems";

/// What is asked of an item: what tells its state and proves which book it is.
const RESOURCES: [&str; 13] = [
    "images.primary.large",
    "itemInfo.byLineInfo",
    "itemInfo.classifications",
    "itemInfo.contentInfo",
    "itemInfo.externalIds",
    "itemInfo.productInfo",
    "itemInfo.title",
    "offersV2.listings.availability",
    "offersV2.listings.condition",
    "offersV2.listings.isBuyBoxWinner",
    "offersV2.listings.merchantInfo",
    "offersV2.listings.price",
    "offersV2.listings.type",
];

/// Asks for a token.
///
/// 3.x gets it from Login with Amazon by JSON, 2.x from Cognito by a form.
pub fn token_request(plan: &ApiPlan, secret: &Secret) -> Option<Message> {
    let address = Url::parse(token_address(plan.version)).ok()?;
    let address = rebased(plan, address);
    let (content, body) = match plan.version {
        CredentialVersion::Three(_) => (
            "application/json",
            json!({
                "grant_type": "client_credentials",
                "client_id": plan.credential_id,
                "client_secret": secret.reveal(),
                "scope": "creatorsapi::default",
            })
            .to_string(),
        ),
        CredentialVersion::Two(_) => (
            "application/x-www-form-urlencoded",
            form_urlencoded::Serializer::new(String::new())
                .append_pair("grant_type", "client_credentials")
                .append_pair("client_id", &plan.credential_id)
                .append_pair("client_secret", secret.reveal())
                .append_pair("scope", "creatorsapi/default")
                .finish(),
        ),
    };
    Some(Message {
        address,
        headers: vec![("content-type", Secret::new(content.to_owned()))],
        body: Secret::new(body),
        secret: secret.clone(),
    })
}

fn token_address(version: CredentialVersion) -> &'static str {
    match version {
        CredentialVersion::Three(Region::NorthAmerica) => "https://api.amazon.com/auth/o2/token",
        CredentialVersion::Three(Region::Europe) => "https://api.amazon.co.uk/auth/o2/token",
        CredentialVersion::Three(Region::FarEast) => "https://api.amazon.co.jp/auth/o2/token",
        CredentialVersion::Two(Region::NorthAmerica) => {
            "https://creatorsapi.auth.us-east-1.amazoncognito.com/oauth2/token"
        }
        CredentialVersion::Two(Region::Europe) => {
            "https://creatorsapi.auth.eu-south-2.amazoncognito.com/oauth2/token"
        }
        CredentialVersion::Two(Region::FarEast) => {
            "https://creatorsapi.auth.us-west-2.amazoncognito.com/oauth2/token"
        }
    }
}

/// The same path at the base that the user set in the API's place.
fn rebased(plan: &ApiPlan, address: Url) -> Url {
    match &plan.base {
        Some(base) => {
            let mut there = base.clone();
            there.set_path(address.path());
            there
        }
        None => address,
    }
}

/// Where items are asked for.
pub(super) fn catalog(plan: &ApiPlan) -> Option<Url> {
    Some(rebased(plan, Url::parse(CATALOG).ok()?))
}

/// Asks for up to [`MOST_ITEMS`] items of one marketplace.
pub fn items_request(
    plan: &ApiPlan,
    token: &Token,
    store: &StoreId,
    asins: &[&str],
) -> Option<Message> {
    let address = catalog(plan)?;
    let marketplace = storefront::find(store.as_str())?.host;
    let bearer = token.value.reveal();
    let authorization = match plan.version {
        CredentialVersion::Three(_) => format!("Bearer {bearer}"),
        CredentialVersion::Two(_) => format!("Bearer {bearer}, Version {}", plan.version.number()),
    };
    let body = json!({
        "partnerTag": plan.partner_tag_for(store),
        "itemIds": asins.iter().take(MOST_ITEMS).collect::<Vec<_>>(),
        "resources": RESOURCES,
    });
    Some(Message {
        address,
        headers: vec![
            ("authorization", Secret::new(authorization)),
            ("content-type", Secret::new("application/json".to_owned())),
            ("x-marketplace", Secret::new(marketplace.to_owned())),
        ],
        body: Secret::new(body.to_string()),
        secret: token.value.clone(),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Value;

    use super::*;
    use crate::config::plan::SecretSource;
    use crate::fetch::creators_api::token_of;

    fn plan(version: CredentialVersion) -> ApiPlan {
        ApiPlan {
            credential_id: "id+1".to_owned(),
            secret: SecretSource::Env("NONE".to_owned()),
            version,
            partner_tag: "example-20".to_owned(),
            partner_tags: BTreeMap::from([(StoreId::new("amazon.co.uk"), "example-21".to_owned())]),
            base: None,
        }
    }

    fn token() -> Token {
        let now = "2026-12-01T08:00:00Z".parse().unwrap();
        token_of(200, r#"{"access_token":"abc","expires_in":3600}"#, now).unwrap()
    }

    #[test]
    fn each_version_gets_its_token_its_own_way() {
        let secret = Secret::new("s&cret".to_owned());
        let three = token_request(&plan(CredentialVersion::Three(Region::Europe)), &secret);
        let three = three.unwrap();
        assert_eq!(
            three.address.as_str(),
            "https://api.amazon.co.uk/auth/o2/token"
        );
        assert_eq!(
            three.body.reveal(),
            r#"{"grant_type":"client_credentials","client_id":"id+1","client_secret":"s&cret","scope":"creatorsapi::default"}"#
        );
        let two = token_request(&plan(CredentialVersion::Two(Region::FarEast)), &secret).unwrap();
        assert_eq!(
            two.address.host_str(),
            Some("creatorsapi.auth.us-west-2.amazoncognito.com")
        );
        assert_eq!(
            two.body.reveal(),
            "grant_type=client_credentials&client_id=id%2B1&client_secret=s%26cret&\
             scope=creatorsapi%2Fdefault"
        );
        assert!(!format!("{two:?}").contains("s%26cret"));
    }

    #[test]
    fn items_are_asked_in_the_shape_of_the_documentation() {
        let store = StoreId::new("amazon.co.uk");
        let asins = ["0132350882"; 12];
        let of = |version| items_request(&plan(version), &token(), &store, &asins).unwrap();
        let message = of(CredentialVersion::Two(Region::Europe));
        let headers: Vec<_> = message
            .headers
            .iter()
            .map(|(name, value)| (*name, value.reveal()))
            .collect();
        assert_eq!(
            headers,
            [
                ("authorization", "Bearer abc, Version 2.2"),
                ("content-type", "application/json"),
                ("x-marketplace", "www.amazon.co.uk"),
            ]
        );
        let body: Value = serde_json::from_str(message.body.reveal()).unwrap();
        assert_eq!(body["partnerTag"], "example-21");
        assert_eq!(body["itemIds"].as_array().unwrap().len(), MOST_ITEMS);
        assert!(
            body["resources"]
                .as_array()
                .unwrap()
                .contains(&json!("offersV2.listings.availability"))
        );
        let three = of(CredentialVersion::Three(Region::Europe));
        assert_eq!(three.headers[0].1.reveal(), "Bearer abc");
    }
}

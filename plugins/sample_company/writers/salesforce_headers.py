"""The objects of the Salesforce export and their columns, in the order of the schema."""

from __future__ import annotations

_STAMPS = ("CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp")

HEADERS: dict[str, tuple[str, ...]] = {
    "Opportunity": (
        "Id", "IsDeleted", "AccountId", "IsPrivate", "Name", "Description", "StageName", "StageSortOrder", "Amount",
        "Probability", "ExpectedRevenue", "TotalOpportunityQuantity", "CloseDate", "Type", "NextStep", "LeadSource",
        "IsClosed", "IsWon", "ForecastCategory", "ForecastCategoryName", "CurrencyIsoCode", "CampaignId",
        "HasOpportunityLineItem", "Pricebook2Id", "OwnerId", "Territory2Id", *_STAMPS, "LastActivityDate",
        "LastStageChangeDate", "FiscalYear", "FiscalQuarter", "ContactId", "Distribution_Channel__c",
        "Loss_Reason__c",
    ),
    "OpportunityHistory": (
        "Id", "OpportunityId", "CreatedById", "CreatedDate", "CreatedDateForInsert", "StageName", "Amount",
        "ExpectedRevenue", "CloseDate", "Probability", "FromForecastCategory", "ForecastCategory",
        "PrevForecastUpdate", "FromOpportunityStageName", "PrevOpportunityStageUpdate", "CurrencyIsoCode",
        "ValidThroughDate", "SystemModstamp", "IsDeleted", "PrevAmount", "PrevCloseDate",
    ),
    "OpportunityLineItem": (
        "Id", "OpportunityId", "SortOrder", "PricebookEntryId", "Product2Id", "ProductCode", "Name",
        "CurrencyIsoCode", "Quantity", "Discount", "TotalPrice", "UnitPrice", "ListPrice", "ServiceDate",
        "Description", *_STAMPS, "IsDeleted",
    ),
    "OpportunitySplit": (
        "Id", "OpportunityId", "SplitOwnerId", "SplitPercentage", "SplitAmount", "SplitNote", "SplitTypeId", "Split",
        "CurrencyIsoCode", *_STAMPS, "IsDeleted",
    ),
    "CampaignInfluence": (
        "Id", "CampaignId", "OpportunityId", "ContactId", "Influence", "ModelId", "RevenueShare", "CurrencyIsoCode",
        *_STAMPS,
    ),
    "OpportunityContactRole": (
        "Id", "OpportunityId", "ContactId", "Role", *_STAMPS, "IsDeleted", "CurrencyIsoCode",
    ),
    "Product2": (
        "Id", "Name", "ProductCode", "Description", "IsActive", *_STAMPS, "Family", "CurrencyIsoCode", "IsDeleted",
        "IsArchived", "Unit_Cost__c",
    ),
    "PricebookEntry": (
        "Id", "Name", "Pricebook2Id", "Product2Id", "CurrencyIsoCode", "UnitPrice", "IsActive", "UseStandardPrice",
        *_STAMPS, "ProductCode", "IsDeleted", "IsArchived",
    ),
    "Account": (
        "Id", "IsDeleted", "MasterRecordId", "Name", "Type", "RecordTypeId", "ParentId", "BillingStreet",
        "BillingCity", "BillingState", "BillingPostalCode", "BillingCountry", "ShippingStreet", "ShippingCity",
        "ShippingState", "ShippingPostalCode", "ShippingCountry", "Phone", "Fax", "AccountNumber", "Website", "Sic",
        "Industry", "AnnualRevenue", "NumberOfEmployees", "Ownership", "TickerSymbol", "Description", "Rating",
        "Site", "CurrencyIsoCode", "OwnerId", *_STAMPS, "LastActivityDate", "AccountSource", "Segment__c",
    ),
    "Contact": (
        "Id", "IsDeleted", "MasterRecordId", "AccountId", "LastName", "FirstName", "Salutation", "MailingCountry",
        "Phone", "Fax", "MobilePhone", "Email", "Title", "Department", "LeadSource", "Birthdate", "Description",
        "CurrencyIsoCode", "OwnerId", "HasOptedOutOfEmail", "DoNotCall", *_STAMPS, "EmailBouncedReason",
        "EmailBouncedDate",
    ),
    "Lead": (
        "Id", "IsDeleted", "MasterRecordId", "LastName", "FirstName", "Salutation", "Title", "Company", "Street",
        "City", "State", "PostalCode", "Country", "Phone", "MobilePhone", "Fax", "Email", "Website", "Description",
        "LeadSource", "Status", "Industry", "Rating", "CurrencyIsoCode", "AnnualRevenue", "NumberOfEmployees",
        "OwnerId", "HasOptedOutOfEmail", "IsConverted", "ConvertedDate", "ConvertedAccountId", "ConvertedContactId",
        "ConvertedOpportunityId", "IsUnreadByOwner", *_STAMPS, "LastActivityDate", "Originating_Department__c",
    ),
    "LeadHistory": ("Id", "IsDeleted", "LeadId", "CreatedById", "CreatedDate", "Field", "OldValue", "NewValue"),
    "Campaign": (
        "Id", "IsDeleted", "Name", "ParentId", "Type", "Status", "StartDate", "EndDate", "CurrencyIsoCode",
        "ExpectedRevenue", "BudgetedCost", "ActualCost", "ExpectedResponse", "NumberSent", "IsActive", "Description",
        "OwnerId", *_STAMPS, "LastActivityDate", "CampaignMemberRecordTypeId",
    ),
    "CampaignMember": (
        "Id", "IsDeleted", "CampaignId", "LeadId", "ContactId", "Status", "HasResponded", "IsPrimary", *_STAMPS,
        "FirstRespondedDate", "CurrencyIsoCode",
    ),
    "Task": (
        "Id", "WhoId", "WhatId", "WhoCount", "WhatCount", "Subject", "ActivityDate", "Status", "Priority",
        "IsHighPriority", "OwnerId", "Description", "CurrencyIsoCode", "Type", "IsDeleted", "AccountId", "IsClosed",
        *_STAMPS, "IsArchived", "CallDurationInSeconds", "CallType", "CallDisposition", "CallObject",
        "CompletedDateTime",
    ),
    "Event": (
        "Id", "WhoId", "WhatId", "Subject", "Location", "IsAllDayEvent", "ActivityDateTime", "ActivityDate",
        "DurationInMinutes", "Description", "AccountId", "OwnerId", "CurrencyIsoCode", "Type", "ShowAs", "IsDeleted",
        "IsChild", "IsGroupEvent", *_STAMPS,
    ),
    "User": (
        "Id", "Username", "LastName", "FirstName", "CompanyName", "Department", "Title", "Email", "Alias",
        "IsActive", "TimeZoneSidKey", "UserRoleId", "LocaleSidKey", "DefaultCurrencyIsoCode", "ProfileId",
        "UserType", "ManagerId", "LastLoginDate", *_STAMPS,
    ),
    "Subscription__c": (
        "Id", "OwnerId", "IsDeleted", "Name", "CurrencyIsoCode", *_STAMPS, "Account__c", "Opportunity__c", "Product__c",
        "Plan__c", "Status__c", "Amount__c", "Billing_Period__c", "Quantity__c", "Start_Date__c", "End_Date__c",
        "Is_Trial__c", "Churn_Reason__c",
    ),
    "UserRole": ("Id", "Name", "ParentRoleId", "RollupDescription", "LastModifiedDate", "SystemModstamp"),
    # Objects the company does not use are exported all the same, as headers.
    "Asset": ("Id", "ContactId", "AccountId", "ParentId", "Name", "SerialNumber", "Status", *_STAMPS, "IsDeleted"),
    "Case": ("Id", "IsDeleted", "CaseNumber", "ContactId", "AccountId", "Type", "Status", "Reason", *_STAMPS),
    "Contract": ("Id", "AccountId", "OwnerExpirationNotice", "StartDate", "EndDate", "Status", *_STAMPS, "IsDeleted"),
    "Solution": ("Id", "IsDeleted", "SolutionNumber", "SolutionName", "IsPublished", "Status", *_STAMPS),
}  # fmt: skip

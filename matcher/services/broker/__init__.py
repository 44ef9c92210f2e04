"""What a broker works with: an order, its people, why this order, why somebody is missing."""
